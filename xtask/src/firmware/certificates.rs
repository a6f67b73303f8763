//! Certificates for the servers that the boards meet over TLS: a few roots, and servers with and without a mistake.

use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256, date_time_ymd,
};

use super::tls_impostor::Identity;
use super::{progress, quietly};

/// The name that a certificate must have, unless a case says otherwise.
pub(super) const NAME: &str = "examplebucket.oss-cn-hangzhou.aliyuncs.com";
/// The longest that a bucket of OSS can have: 63 bytes and the rest. 92 bytes.
pub(super) const LONG_NAME: &str =
    "a-bucket-of-sixty-three-bytes-which-is-as-long-as-a-name-can-be.oss-cn-hangzhou.aliyuncs.com";

/// The certificate and the key of a server, as files.
pub(super) struct ServerFiles {
    pub(super) certificates: PathBuf,
    pub(super) key: PathBuf,
}

/// Where all of them are.
pub(super) struct Certificates {
    folder: PathBuf,
}

/// A root, or what passes for one.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

type Outcome<T> = Result<T, String>;

impl Certificates {
    /// Makes the roots `rsa-2048`, `rsa-4096` and `p-256`, and a server for each case.
    pub(super) fn make(folder: PathBuf) -> Outcome<Self> {
        progress("certificates");
        let this = Self { folder };
        create(&this.roots())?;
        let (rsa, long_rsa, curve) = (this.rsa_key(2048)?, this.rsa_key(4096)?, new_key()?);
        let rsa = this.root("rsa-2048", rsa)?;
        let long_rsa = this.root("rsa-4096", long_rsa)?;
        let curve = this.root("p-256", curve)?;

        this.server("rsa", this.rsa_key(2048)?, &[NAME], &rsa, |_| {})?;
        this.server("p-256", new_key()?, &[NAME], &curve, |_| {})?;
        this.server("rsa-4096-root", this.rsa_key(2048)?, &[NAME], &long_rsa, |_| {})?;
        this.server("long-name", new_key()?, &[LONG_NAME], &curve, |_| {})?;
        let mut ten: Vec<String> = (1..10).map(|index| format!("bucket-{index}.example.com")).collect();
        ten.push(NAME.to_owned());
        let ten: Vec<&str> = ten.iter().map(String::as_str).collect();
        this.server("tenth-name", new_key()?, &ten, &curve, |_| {})?;

        this.server("other-name", new_key()?, &["other.example.com"], &curve, |_| {})?;
        this.server("expired", new_key()?, &[NAME], &curve, |leaf| {
            leaf.not_after = date_time_ymd(2021, 1, 1)
        })?;
        this.server("future", new_key()?, &[NAME], &curve, |leaf| {
            leaf.not_before = date_time_ymd(2090, 1, 1)
        })?;
        let unknown = authority("unknown", new_key()?)?;
        this.server("unknown-root", new_key()?, &[NAME], &unknown, |_| {})?;
        this.leaf_as_authority(&curve)?;
        Ok(this)
    }

    /// The folder of the roots that a board trusts.
    pub(super) fn roots(&self) -> PathBuf {
        self.folder.join("roots")
    }

    pub(super) fn of(&self, case: &str) -> ServerFiles {
        ServerFiles {
            certificates: self.folder.join(format!("{case}.pem")),
            key: self.folder.join(format!("{case}.key")),
        }
    }

    /// Likewise, read: for a server of our own.
    pub(super) fn identity(&self, case: &str) -> Outcome<Identity> {
        let ServerFiles { certificates, key } = self.of(case);
        let certificate = certificates.with_extension("der");
        let certificate =
            std::fs::read(&certificate).map_err(|error| format!("{}: {error}", certificate.display()))?;
        let key = std::fs::read_to_string(&key).map_err(|error| format!("{}: {error}", key.display()))?;
        Ok(Identity { certificate, key: KeyPair::from_pem(&key).map_err(|error| error.to_string())? })
    }

    /// A root that the boards trust.
    fn root(&self, name: &str, key: KeyPair) -> Outcome<Authority> {
        let authority = authority(name, key)?;
        write(&self.roots().join(format!("{name}.der")), authority.certificate.der())?;
        Ok(authority)
    }

    fn server(
        &self,
        case: &str,
        key: KeyPair,
        names: &[&str],
        authority: &Authority,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Outcome<()> {
        let mut leaf = leaf(names)?;
        change(&mut leaf);
        let certificate = leaf.signed_by(&key, &authority.issuer).map_err(|error| error.to_string())?;
        write(&self.of(case).certificates.with_extension("der"), certificate.der())?;
        self.write(case, &certificate.pem(), &key)
    }

    /// A server whose certificate another server has issued: with a key that is certified, but not to certify.
    fn leaf_as_authority(&self, root: &Authority) -> Outcome<()> {
        let failed = |error: rcgen::Error| error.to_string();
        let (mut middle, middle_key) = (leaf(&["middle.example.com"])?, new_key()?);
        let certificate = middle.signed_by(&middle_key, &root.issuer).map_err(failed)?;
        // What it may be used for is written into its certificate; as an issuer it does not keep to that.
        middle.key_usages.clear();
        let (server, key) = (leaf(&[NAME])?, new_key()?);
        let server = server.signed_by(&key, &Issuer::new(middle, middle_key)).map_err(failed)?;
        self.write("leaf-as-authority", &format!("{}{}", server.pem(), certificate.pem()), &key)
    }

    fn write(&self, case: &str, certificates: &str, key: &KeyPair) -> Outcome<()> {
        let files = self.of(case);
        write(&files.certificates, certificates.as_bytes())?;
        write(&files.key, key.serialize_pem().as_bytes())
    }

    /// rcgen signs with RSA keys, but makes none.
    fn rsa_key(&self, bits: u32) -> Outcome<KeyPair> {
        let bits = format!("rsa_keygen_bits:{bits}");
        let pem = quietly(Command::new("openssl").args([
            "genpkey",
            "-quiet",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            &bits,
        ]))?;
        KeyPair::from_pkcs8_pem_and_sign_algo(&pem, &PKCS_RSA_SHA256).map_err(|error| error.to_string())
    }
}

fn new_key() -> Outcome<KeyPair> {
    KeyPair::generate().map_err(|error| error.to_string())
}

fn authority(name: &str, key: KeyPair) -> Outcome<Authority> {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    root.distinguished_name.push(DnType::CommonName, name);
    let certificate = root.self_signed(&key).map_err(|error| error.to_string())?;
    Ok(Authority { issuer: Issuer::new(root, key), certificate })
}

fn leaf(names: &[&str]) -> Outcome<CertificateParams> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut leaf = CertificateParams::new(names).map_err(|error| error.to_string())?;
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, "server");
    Ok(leaf)
}

fn create(folder: &Path) -> Outcome<()> {
    // Roots of an earlier run would be trusted, too.
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}
