//! Where requests go: region and endpoint by flag, by variable, or as the profile of the credentials says.

use oss_presign::Addressing;
use oss_presign_std::ProfileSettings;

use crate::arguments::{Place, Style};
use crate::failure::{Class, Failure};
use crate::region;

/// A value, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) value: String,
    pub(crate) at: &'static str,
}

/// What is signed for.
pub(crate) struct Destination {
    pub(crate) region: Found,
    /// `None` for the region's public endpoint.
    pub(crate) endpoint: Option<Found>,
    pub(crate) style: Style,
}

impl Destination {
    /// The endpoint of a profile belongs to its region: it does not go with another one.
    pub(crate) fn of(place: &Place, profile: &ProfileSettings) -> Result<Self, Failure> {
        let given = given(place.region.as_deref(), "--region", "OSS_REGION");
        let region = given.clone().or_else(|| in_profile(profile.region.as_deref()));
        let region = region.ok_or_else(|| {
            Failure::new(Class::Failed, "no region: V4 signatures name the bucket's region")
                .with_code("NoRegion")
                .with_hint("give --region or set OSS_REGION, for example to cn-hangzhou: the console shows it with the bucket")
        })?;
        region::check(&region)?;
        let profile_fits = given.is_none_or(|given| Some(&given.value) == profile.region.as_ref());
        let explicit = self::given(place.endpoint.as_deref(), "--endpoint", "OSS_ENDPOINT");
        let of_profile = in_profile(profile.endpoint.as_deref()).filter(|_| profile_fits);
        let style = place.style.unwrap_or(match profile.addressing {
            Some(Addressing::Path) if explicit.is_none() && of_profile.is_some() => Style::Path,
            Some(Addressing::Cname) if explicit.is_none() && of_profile.is_some() => Style::Cname,
            _ => Style::Virtual,
        });
        Ok(Self { region, endpoint: explicit.or(of_profile), style })
    }

    /// What to say of a region that is not known, unless an endpoint of one's own shows that it is meant.
    pub(crate) fn doubt(&self) -> Option<String> {
        let own = self.endpoint.as_ref().is_some_and(|endpoint| !endpoint.value.contains(".aliyuncs.com"));
        region::doubt(&self.region).filter(|_| !own)
    }
}

fn given(value: Option<&str>, flag: &'static str, variable: &'static str) -> Option<Found> {
    // An empty variable counts as not set.
    let value = value.filter(|value| !value.is_empty())?;
    let is_variable = std::env::var(variable).is_ok_and(|set| set == value);
    Some(Found { value: value.to_owned(), at: if is_variable { variable } else { flag } })
}

fn in_profile(value: Option<&str>) -> Option<Found> {
    Some(Found { value: value?.to_owned(), at: "the profile" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(region: &str, endpoint: &str, addressing: Addressing) -> ProfileSettings {
        let mut settings = ProfileSettings::default();
        settings.region = Some(region.to_owned());
        settings.endpoint = Some(endpoint.to_owned());
        settings.addressing = Some(addressing);
        settings
    }

    #[test]
    fn regions_of_ones_own_are_not_doubted() {
        let doubt = |region, endpoint| {
            let place = place(Some(region), endpoint, None);
            Destination::of(&place, &ProfileSettings::default()).unwrap().doubt().is_some()
        };
        assert!(doubt("cn-hangzou", None) && doubt("cn-hangzou", Some("oss-cn-hangzou.aliyuncs.com")));
        assert!(!doubt("cn-hangzhou", None) && !doubt("my-cloud-1", Some("oss.example.com")));
    }

    fn place(region: Option<&str>, endpoint: Option<&str>, style: Option<Style>) -> Place {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Place { region: owned(region), endpoint: owned(endpoint), style, ..Place::default() }
    }

    fn told(place: &Place, settings: &ProfileSettings) -> (String, Option<String>, Style) {
        let found = Destination::of(place, settings).unwrap();
        (found.region.value, found.endpoint.map(|found| found.value), found.style)
    }

    #[test]
    fn a_profile_fills_in_what_is_not_given() {
        let profile = profile("cn-hangzhou", "host.a", Addressing::Path);
        let nothing = place(None, None, None);
        assert_eq!(told(&nothing, &profile), ("cn-hangzhou".into(), Some("host.a".into()), Style::Path));
        let same = place(Some("cn-hangzhou"), None, None);
        assert_eq!(told(&same, &profile).1.as_deref(), Some("host.a"));
        let other = place(Some("cn-beijing"), None, None);
        assert_eq!(told(&other, &profile), ("cn-beijing".into(), None, Style::Virtual));
        let endpoint = place(None, Some("host.b"), None);
        assert_eq!(told(&endpoint, &profile), ("cn-hangzhou".into(), Some("host.b".into()), Style::Virtual));
        let style = place(None, None, Some(Style::Cname));
        assert_eq!(told(&style, &profile).2, Style::Cname);
    }

    #[test]
    fn a_region_there_must_be() {
        let failure =
            Destination::of(&place(Some(""), None, None), &ProfileSettings::default()).err().unwrap();
        assert_eq!(failure.code, "NoRegion");
    }
}
