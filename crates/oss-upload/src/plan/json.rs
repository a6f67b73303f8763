//! A plan as JSON.

use alloc::string::String;
use alloc::vec::Vec;

use oss_presign::{PresignedRequest, without_queries};
use serde::de::{Deserialize, Deserializer, Error};

use super::{MultipartPlan, PlanError, PlanStep};
use crate::part_layout::PartLayout;

/// What stands in JSON, unchecked.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(expecting = "a multipart plan")]
pub(super) struct Fields {
    version: u32,
    size: u64,
    part_size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upload_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    initiate: Option<PresignedRequest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PresignedRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete: Option<PresignedRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    abort: Option<PresignedRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<PresignedRequest>,
}

impl<'de> Deserialize<'de> for MultipartPlan {
    /// No error shows the query of a URL that stands in the wrong field.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer).map_err(without_queries)?;
        Self::try_from(fields).map_err(D::Error::custom)
    }
}

impl TryFrom<Fields> for MultipartPlan {
    type Error = PlanError;

    fn try_from(fields: Fields) -> Result<Self, PlanError> {
        if fields.version != 1 {
            return Err(PlanError::Version { version: fields.version });
        }
        let layout = PartLayout::new(fields.size, fields.part_size)?;
        let expected = layout.count();
        match (&fields.upload_id, &fields.initiate) {
            (None, None) => return Err(PlanError::Missing { step: PlanStep::Initiate }),
            (None, Some(_)) if fields.parts.is_empty() => {}
            _ if fields.parts.len() == usize::try_from(expected).unwrap_or(0) => {}
            _ => return Err(PlanError::PartCount { expected, found: fields.parts.len() }),
        }
        let plan = Self {
            layout,
            upload_id: fields.upload_id,
            initiate: fields.initiate,
            parts: fields.parts,
            complete: fields.complete,
            abort: fields.abort,
            check: fields.check,
        };
        if plan.upload_id.is_some() && plan.complete.is_none() {
            return Err(PlanError::Missing { step: PlanStep::Complete });
        }
        let parts = layout.parts().map(|part| PlanStep::Part { number: part.number });
        let steps = [PlanStep::Initiate, PlanStep::Complete, PlanStep::Abort, PlanStep::Check];
        for step in steps.into_iter().chain(parts) {
            if plan.request(step).is_some_and(|request| request.method() != step.method()) {
                return Err(PlanError::Method { step });
            }
        }
        Ok(plan)
    }
}

impl From<MultipartPlan> for Fields {
    fn from(plan: MultipartPlan) -> Self {
        Self {
            version: 1,
            size: plan.layout.size(),
            part_size: plan.layout.part_size(),
            upload_id: plan.upload_id,
            initiate: plan.initiate,
            parts: plan.parts,
            complete: plan.complete,
            abort: plan.abort,
            check: plan.check,
        }
    }
}
