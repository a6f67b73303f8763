//! Each place of credentials by itself, in environments of its own: each case runs this binary once more as a child.
#![cfg(unix)] // HOME is where the home directory is read from.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;

use oss_presign_std::{ProviderError, StandardSource};
use tempfile::TempDir;

use crate::double::Double;
use crate::support::answer_of_child;

/// Tells a child what to ask each place for, and of which profile.
const CHILD: &str = "OSS_PRESIGN_TEST_SOURCE_CHILD";

#[test]
fn child() {
    let Ok(task) = env::var(CHILD) else { return };
    let (question, profile) = task.split_once(' ').unwrap();
    let profile = Some(profile).filter(|profile| !profile.is_empty());
    let answer = |source: &StandardSource| {
        let answer = match question {
            "credentials" => {
                source.credentials(profile).map(|credentials| credentials.access_key_id().into())
            }
            "stored" => source.stored().map(|stored| {
                let keys = stored.iter().map(|(name, key)| format!("{name}={}", key.access_key_id()));
                keys.collect::<Vec<_>>().join(" ")
            }),
            "settings" => source.settings(profile).map(|settings| {
                let texts =
                    [settings.region, settings.endpoint, settings.addressing.map(|it| format!("{it:?}"))];
                texts.map(|text| text.unwrap_or_else(|| "-".into())).join(" ")
            }),
            other => panic!("{other}"),
        };
        answer.unwrap_or_else(|error: ProviderError| error.code().into())
    };
    println!("answer: {}", StandardSource::ALL.iter().map(answer).collect::<Vec<_>>().join(", "));
}

/// What each place says, in the order of the standard chain.
fn ask(task: &str, home: &Path, variables: &[(&str, &str)]) -> Vec<String> {
    let own = [
        (CHILD, task),
        ("HOME", home.to_str().unwrap()),
        // The machine that tests run on may have a role, which is not for them to ask for.
        ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"),
    ];
    let answer = answer_of_child("standard_source::child", own.into_iter().chain(variables.iter().copied()));
    answer.split(", ").map(str::to_owned).collect()
}

/// A home directory where each tool has a default profile and others: `work`, `role` of a program, `served` by a server.
fn home(server: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, text) in [
        (
            ".aliyun/config.json",
            r#"{"current":"main","profiles":[
                {"name":"main","mode":"AK","access_key_id":"cli-main","access_key_secret":"s","region_id":"cn-beijing"},
                {"name":"work","mode":"AK","access_key_id":"cli-work","access_key_secret":"s","region_id":"cn-shanghai"},
                {"name":"role","mode":"External","process_command":"false"},
                {"name":"served","mode":"CredentialsURI","credentials_uri":"SERVER"}]}"#,
        ),
        (
            ".alibabacloud/credentials",
            "[default]\ntype=access_key\naccess_key_id=sdk-main\naccess_key_secret=s\n\
             [work]\ntype=access_key\naccess_key_id=sdk-work\naccess_key_secret=s\n\
             [role]\ntype=external\nprocess_command=false\n\
             [served]\ntype=credentials_uri\ncredentials_uri=SERVER\n",
        ),
        (
            ".ossutilconfig",
            "[default]\naccessKeyID=ossutil-main\naccessKeySecret=s\nregion=cn-qingdao\n\
             [profile work]\naccessKeyID=ossutil-work\naccessKeySecret=s\nendpoint=oss-cn-hongkong.aliyuncs.com\n\
             addressingStyle=path\n[profile role]\nmode=Process\ncredentialProcess=false\n\
             [profile served]\nmode=CredentialUri\ncredentialUri=SERVER\n",
        ),
    ] {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("SERVER", server)).unwrap();
    }
    home
}

#[test]
fn a_profile_is_chosen_where_there_are_profiles_and_is_ignored_elsewhere() {
    let server =
        Double::start(|_| (200, r#"{"Code":"Success","AccessKeyId":"served","AccessKeySecret":"s"}"#.into()));
    let home = home(&server.base);
    let variables = [
        ("OSS_ACCESS_KEY_ID", "variable"),
        ("OSS_ACCESS_KEY_SECRET", "s"),
        ("ALIBABA_CLOUD_CREDENTIALS_URI", server.base.as_str()),
    ];
    for (profile, [cli, sdk, ossutil]) in [
        ("", ["cli-main", "sdk-main", "ossutil-main"]),
        ("work", ["cli-work", "sdk-work", "ossutil-work"]),
        ("nobody", ["ProviderNoProfile"; 3]),
        ("role", ["ProviderProcess"; 3]),
        ("served", ["served"; 3]),
    ] {
        assert_eq!(
            ask(&format!("credentials {profile}"), home.path(), &variables),
            ["variable", "ProviderAbsent", cli, sdk, ossutil, "served", "ProviderAbsent"],
            "{profile}"
        );
    }
    let with_profiles: Vec<_> = StandardSource::ALL.iter().map(|source| source.has_profiles()).collect();
    assert_eq!(with_profiles, [false, false, true, true, true, false, false]);
}

#[test]
fn stored_keys_are_read_without_running_a_program_or_asking_a_server() {
    let server = Double::start(|_| (500, String::new()));
    let home = home(&server.base);
    let variables = [
        ("OSS_ACCESS_KEY_ID", "variable"),
        ("OSS_ACCESS_KEY_SECRET", "s"),
        ("ALIBABA_CLOUD_CREDENTIALS_URI", server.base.as_str()),
    ];
    assert_eq!(
        ask("stored ", home.path(), &variables),
        [
            "",
            "",
            "main=cli-main work=cli-work",
            "default=sdk-main work=sdk-work",
            "default=ossutil-main work=ossutil-work",
            "",
            ""
        ]
    );
    assert!(server.asked().is_empty());
    let empty = tempfile::tempdir().unwrap();
    let absent = "ProviderAbsent";
    assert_eq!(ask("stored ", empty.path(), &variables), ["", "", absent, absent, absent, "", ""]);
}

#[test]
fn settings_are_those_of_the_same_profile() {
    let home = home("http://127.0.0.1:1");
    for (profile, cli, ossutil) in [
        ("", "cn-beijing - -", "cn-qingdao - -"),
        // The region of ossutil's profile is the one in its endpoint.
        ("work", "cn-shanghai - -", "cn-hongkong oss-cn-hongkong.aliyuncs.com Path"),
        ("nobody", "ProviderNoProfile", "ProviderNoProfile"),
    ] {
        let none = "- - -";
        assert_eq!(
            ask(&format!("settings {profile}"), home.path(), &[]),
            [none, none, cli, none, ossutil, none, none],
            "{profile}"
        );
    }
}

#[test]
fn names_tell_the_places_apart() {
    let names: BTreeSet<_> = StandardSource::ALL.iter().map(|source| source.name()).collect();
    assert_eq!(names.len(), StandardSource::ALL.len(), "{names:?}");
    assert_eq!(StandardSource::EcsRamRole.name(), "the machine's role");
    assert_eq!(StandardSource::OssutilProfile.name(), "the profile of ossutil");
}
