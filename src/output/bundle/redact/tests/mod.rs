mod invented;
mod planting;
mod promises;
mod usefulness;

use std::sync::LazyLock;

use bumpalo::Bump;

use super::*;
use crate::json::parse;

static POLICIES: LazyLock<Arc<Policies>> = LazyLock::new(|| Policies::built_in().unwrap());

fn settings(recipient: Recipient) -> Settings {
    Settings { recipient, keep_groups: false, reveal: Vec::new(), key: Key::from_bytes([7; 32]) }
}

fn redactor(recipient: Recipient) -> Redactor {
    Redactor::with(settings(recipient), Arc::clone(&POLICIES)).unwrap()
}

#[test]
fn a_failed_push_reads_like_this() {
    let line = r#"{"uuid":"5a0b0001-0000-11f1-9c00-000000000000","published":"2026-11-16T07:00:00.000Z","eventType":"application.provision.user.push","outcome":{"result":"FAILURE","reason":"Error while creating user Ann.Lee@corp.example: Conflict. Errors reported by remote server: {\"detail\":\"user ann.lee of Ann Lee exists\",\"password\":\"hunter22\"}"},"actor":{"id":"spr1","type":"SystemPrincipal","alternateId":"system@okta.com","displayName":"Okta System"},"target":[{"id":"00u18dk3t7ydOWLDg698","type":"User","alternateId":"ann.lee@corp.example","displayName":"Ann Lee"},{"id":"0oa1034","type":"AppInstance","alternateId":"Cloud Files","displayName":"Cloud Files"}],"client":{"ipAddress":"203.0.113.7"},"odd":{"x":1}}"#;
    let arena = Bump::new();
    let record = parse(line.as_bytes(), &arena).unwrap();
    let mut out = String::new();
    for recipient in Recipient::ALL {
        let mut redactor = redactor(recipient);
        redactor.learn_record("okta-system-log", record);
        let line = redactor.record("okta-system-log", record).unwrap();
        let line = redactor.sweep(&line);
        assert_eq!(redactor.check("raw/0001.ndjson", line.as_bytes()), []);
        out.push_str(&format!("{}\n{line}\n{:?}\n\n", recipient.word(), redactor.account().dropped));
    }
    insta::assert_snapshot!(out);
}
