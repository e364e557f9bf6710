//! Formats that are known by name only: not provisioning, or not read yet. Naming them is what
//! tells an admin that the right file was given, or why it was the wrong one.

use bumpalo::Bump;

use super::Decoded;
use crate::json::Json;

struct Named {
    dialect: &'static str,
    keys: &'static [&'static str],
    what: &'static str,
}

/// Each needs all its keys, exactly spelled; a dot leads inside an object.
const NAMED: [Named; 7] = [
    Named {
        dialect: "atlassian-audit",
        keys: &["attributes.action", "attributes.time"],
        what: "Atlassian organisation audit log: it lists changes, never failures of SCIM",
    },
    Named {
        dialect: "salesforce-events",
        keys: &["EVENT_TYPE"],
        what: "Salesforce event files: API calls and sign-ins, not provisioning results",
    },
    Named {
        dialect: "entra-sign-in",
        keys: &["conditionalAccessStatus", "appDisplayName"],
        what: "an Entra sign-in log, not a provisioning log; export Monitoring > Provisioning logs",
    },
    Named {
        dialect: "entra-risk",
        keys: &["riskState", "riskLevel"],
        what: "an Entra identity protection log, not a provisioning log",
    },
    Named {
        dialect: "okta-user",
        keys: &["profile", "status", "credentials"],
        what: "a list of Okta users, not a log; export Reports > System Log",
    },
    Named {
        dialect: "okta-event-hook",
        keys: &["cloudEventsVersion", "source"],
        what: "an Okta event hook without events",
    },
    Named {
        dialect: "entra-job-schema",
        keys: &["synchronizationRules"],
        what: "an Entra provisioning schema, not a log",
    },
];

fn find(record: Json<'_>) -> Option<&'static Named> {
    let has = |path: &&str| path.split('.').try_fold(record, |value, key| value.exact(key)).is_some();
    NAMED.iter().find(|named| named.keys.iter().all(has))
}

pub(super) fn sniff(record: Json<'_>) -> bool {
    find(record).is_some()
}

pub(super) fn decode<'a>(record: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    match find(record) {
        Some(named) => Decoded::Other { dialect: named.dialect, what: Some(named.what) },
        None => Decoded::Unrecognised(super::first_keys(record)),
    }
}

/// Azure Monitor records of other categories.
pub(super) fn sniff_azure(record: Json<'_>) -> bool {
    record.has("category") && (record.has("resourceId") || record.has("operationName"))
}

pub(super) fn decode_azure<'a>(record: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    let category = record.str("category").unwrap_or_default();
    let what = if category.to_ascii_lowercase().contains("signin") {
        "sign-in logs; export the category ProvisioningLogs for provisioning"
    } else if category.to_ascii_lowercase().contains("risk") {
        "identity protection (risk) logs, not provisioning"
    } else if category.contains("GraphActivity") {
        "Microsoft Graph activity logs, not provisioning"
    } else {
        "Azure logs of another category than ProvisioningLogs and AuditLogs"
    };
    Decoded::Other { dialect: "azure-other", what: Some(what) }
}
