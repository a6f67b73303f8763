//! The owner of everything here.

use crate::xml::Writer;

const OWNER: &str = "1234567890123456";

/// Writes the element `Owner`.
pub(super) fn write(xml: &mut Writer) {
    xml.open("Owner");
    xml.element("ID", OWNER);
    xml.element("DisplayName", OWNER);
    xml.close("Owner");
}
