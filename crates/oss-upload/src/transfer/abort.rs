//! Throwing the parts of a multipart upload away.

use alloc::string::String;

use oss_presign::PresignedRequest;

use super::ask::Ask;
use super::course::Setup;
use super::owned_head::OwnedHead;
use crate::checkpoint::Checkpoint;
use crate::error::TransferError;
use crate::multipart::MultipartUpload;
use crate::options::Options;
use crate::plan::{MultipartPlan, PlanError, PlanStep};

/// An upload that is to be thrown away.
#[derive(Debug)]
pub struct Abort {
    request: Option<PresignedRequest>,
    options: Options,
    signable: bool,
    upload_id: String,
}

impl Abort {
    /// The upload of this plan, which may have been initiated by the run that wrote the checkpoint. `None` where nobody
    /// has initiated it.
    pub fn new(
        plan: &MultipartPlan,
        earlier: Option<&Checkpoint>,
        options: Options,
        signable: bool,
    ) -> Option<Self> {
        let upload_id = MultipartUpload::known_id(plan, earlier)?;
        Some(Self { request: plan.request(PlanStep::Abort).cloned(), options, signable, upload_id })
    }

    /// The id of the upload, to sign [`PlanStep::Abort`] with.
    pub fn upload_id(&self) -> &str {
        &self.upload_id
    }

    /// Whether the step must be signed first.
    ///
    /// # Errors
    /// [`PlanError::Missing`] where nobody can.
    pub fn is_unsigned(&self) -> Result<bool, TransferError> {
        match (&self.request, self.signable) {
            (Some(_), _) => Ok(false),
            (None, true) => Ok(true),
            (None, false) => Err(PlanError::Missing { step: PlanStep::Abort }.into()),
        }
    }

    /// The request to drive, `signed` where the plan has none.
    ///
    /// # Errors
    /// [`PlanError::Missing`] where neither has one.
    pub fn ask(&self, signed: Option<PresignedRequest>) -> Result<Ask, TransferError> {
        let request = signed.or_else(|| self.request.clone());
        let request = request.ok_or(PlanError::Missing { step: PlanStep::Abort })?;
        let mut setup = Setup::new(request, self.options);
        setup.refreshable = self.signable;
        Ok(Ask::delete(setup))
    }

    /// What came of it: an upload that is no longer known is no error.
    ///
    /// # Errors
    /// Any other.
    pub fn finish(self, ending: Result<OwnedHead, TransferError>) -> Result<(), TransferError> {
        match ending {
            Err(TransferError::Service(error)) if error.is_unknown_upload() => Ok(()),
            other => other.map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{Driver, World, answer, presigned};
    use super::*;
    use crate::part_layout::PartLayout;

    #[test]
    fn an_upload_that_is_gone_is_thrown_away() {
        let layout = PartLayout::new(250_000, 102_400).unwrap();
        let planned =
            MultipartPlan::sign(layout, "ID", |step| Ok::<_, ()>(presigned(step.method().as_str(), 3600)))
                .unwrap();
        let options = Options::default();
        let run = |reply| {
            let abort = Abort::new(&planned, None, options, false).unwrap();
            assert!(!abort.is_unsigned().unwrap());
            let ending = Driver::new([reply]).run(&mut abort.ask(None).unwrap(), &World::new());
            abort.finish(ending)
        };
        run(answer(204, &[], b"")).unwrap();
        run(answer(404, &[], b"<Error><Code>NoSuchUpload</Code></Error>")).unwrap();
        assert!(run(answer(403, &[], b"<Error><Code>AccessDenied</Code></Error>")).is_err());
        let open = MultipartPlan::to_initiate(layout, presigned("POST", 3600));
        assert!(Abort::new(&open, None, options, true).is_none());
        let kept = Checkpoint::new(&open, "KEPT", None);
        let abort = Abort::new(&open, Some(&kept), options, true).unwrap();
        assert!(abort.is_unsigned().unwrap() && abort.upload_id() == "KEPT");
    }
}
