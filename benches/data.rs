//! Invented logs, of the size and mix of real ones; the same bytes in every run.
//!
//! What speed depends on is kept: records of about 2.4 KB, one failure in ten, few reasons with
//! varied names in them, and in an Okta log four records of ten that are not about provisioning.

use std::fmt::Write as _;

const APPS: [&str; 8] = [
    "Cloud Files",
    "Team Chat",
    "Shift Planner",
    "Expense Desk",
    "Code Host",
    "Ticket Office",
    "Wiki House",
    "Pay Roll",
];
const FIRST: [&str; 10] = ["Ana", "Ben", "Chloe", "Dara", "Emil", "Fatima", "Gus", "Hana", "Igor", "Zoë"];
const LAST: [&str; 10] = ["Lopez", "Berg", "Nguyen", "Okoye", "Petrov", "Quist", "Rossi", "Sato", "Turner", "Weiß"];
const REMOTE: [&str; 8] = [
    "Conflict. Errors reported by remote server: A user with the name {login} already exists",
    "Unauthorized. Errors reported by remote server: Token is expired",
    "Forbidden. Errors reported by remote server: the scope users:write is missing",
    "Too Many Requests. Errors reported by remote server: try again in {number} seconds",
    "Bad Request. Errors reported by remote server: {\\\"schemas\\\":[\\\"urn:ietf:params:scim:api:messages:2.0:Error\\\"],\\\"scimType\\\":\\\"invalidValue\\\",\\\"detail\\\":\\\"familyName of {login} must not be empty\\\",\\\"status\\\":\\\"400\\\"}",
    "Not Found. Errors reported by remote server: Resource {number} not found",
    "Internal Server Error. Errors reported by remote server: request {number} could not be handled",
    "java.net.SocketTimeoutException: Read timed out",
];
const CODES: [&str; 5] = [
    "LicenseLimitExceeded",
    "DuplicateTargetEntries",
    "SystemForCrossDomainIdentityManagementServiceIncompatible",
    "MissingAttribute",
    "InsufficientRights",
];
const PUSHES: [(&str, &str); 5] = [
    ("application.provision.user.push", "Push new user to external application"),
    ("application.provision.user.push_profile", "Push user's profile to external application"),
    ("application.provision.user.deactivate", "Deactivate user in external application"),
    ("application.provision.user.sync", "Sync user in external application"),
    ("application.provision.group_membership.add", "Add user to group in external application"),
];
const SIGN_INS: [(&str, &str); 3] = [
    ("user.session.start", "User login to Okta"),
    ("user.authentication.sso", "User single sign on to app"),
    ("policy.evaluate_sign_on", "Evaluation of sign-on policy"),
];

/// Numbers that look random and are always the same (Steele, Lea, Flood: SplitMix).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    fn id(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }

    fn guid(&mut self) -> String {
        let id = self.id();
        format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..])
    }

    /// Name and login of one of five thousand people.
    fn person(&mut self) -> (String, String) {
        let number = self.below(5000);
        let (first, last) = (FIRST[(number % 10) as usize], LAST[(number / 10 % 10) as usize]);
        (format!("{first} {last}"), format!("person{number}@example.com"))
    }

    fn reason(&mut self, login: &str) -> String {
        let number = self.below(90_000).to_string();
        self.one_of(&REMOTE).replace("{login}", login).replace("{number}", &number)
    }
}

/// Ten seconds further with every record, from the start of March 2026 on.
fn time(record: usize) -> String {
    let seconds = record * 10;
    let (day, hour, minute) = (seconds / 86_400 % 28 + 1, seconds / 3600 % 24, seconds / 60 % 60);
    format!("2026-03-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", seconds % 60, record % 1000)
}

/// Records of an Okta System Log.
pub(crate) fn okta(count: usize) -> Vec<String> {
    let mut dice = Dice(1);
    (0..count).map(|at| okta_record(at, &mut dice)).collect()
}

fn okta_record(at: usize, dice: &mut Dice) -> String {
    let (name, login) = dice.person();
    let (app, app_id) = {
        let app = dice.below(8);
        (APPS[app as usize], format!("0oa{app:017}"))
    };
    let about_provisioning = dice.below(10) < 6;
    // Of these, so that one record in ten has failed.
    let failed = about_provisioning && dice.below(6) == 0;
    let (kind, words) = if about_provisioning { dice.one_of(&PUSHES) } else { dice.one_of(&SIGN_INS) };
    let (severity, outcome) = if failed {
        let reason = format!("Automatic provisioning of user {name} to app {app} failed: {}", dice.reason(&login));
        ("ERROR", format!(r#"{{"result":"FAILURE","reason":"{reason}"}}"#))
    } else {
        ("INFO", r#"{"result":"SUCCESS","reason":null}"#.to_owned())
    };
    let (address, request, user) = (format!("192.0.2.{}", dice.below(250)), dice.id(), dice.id());
    let place = r#"{"city":"Springfield","state":"Example State","country":"United States","postalCode":"00000","geolocation":{"lat":12.3456,"lon":-65.4321}}"#;
    let mut record = format!(
        r#"{{"actor":{{"id":"00u{user}","type":"User","alternateId":"{login}","displayName":"{name}","detailEntry":null}},"client":{{"userAgent":{{"rawUserAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","os":"Linux","browser":"CHROME"}},"zone":"null","device":"Computer","id":null,"ipAddress":"{address}","geographicalContext":{place}}},"#
    );
    let _ = write!(
        record,
        r#""device":null,"authenticationContext":{{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":null,"interface":null,"authenticationStep":0,"rootSessionId":"idx{}","externalSessionId":"idx{}"}},"displayMessage":"{words}","eventType":"{kind}","outcome":{outcome},"published":"{}","#,
        dice.id(),
        dice.id(),
        time(at)
    );
    let _ = write!(
        record,
        r#""securityContext":{{"asNumber":64496,"asOrg":"example network","isp":"example network","domain":"example.com","isProxy":false}},"severity":"{severity}","debugContext":{{"debugData":{{"requestId":"{request}","dtHash":"{}{}","requestUri":"/api/v1/apps/{app_id}/users/00u{user}","appname":"scim2_{}","threatSuspected":"false","deviceFingerprint":"{}","behaviors":"{{New Device=NEGATIVE}}","risk":"{{reasons=Anomalous Device, level=LOW}}"}}}},"#,
        dice.id(),
        dice.id(),
        app.len(),
        dice.id()
    );
    let _ = write!(
        record,
        r#""legacyEventType":null,"transaction":{{"type":"JOB","id":"puj{}","detail":{{}}}},"uuid":"{}","version":"0","request":{{"ipChain":[{{"ip":"{address}","geographicalContext":{place},"version":"V4","source":null}}]}},"target":[{{"id":"0ua{}","type":"AppUser","alternateId":"{login}","displayName":"{name}","detailEntry":null}},{{"id":"{app_id}","type":"AppInstance","alternateId":"{app}","displayName":"{app}","detailEntry":{{"signOnModeType":"SAML_2_0"}}}},{{"id":"00u{user}","type":"User","alternateId":"{login}","displayName":"{name}","detailEntry":null}}]}}"#,
        dice.id(),
        dice.guid(),
        dice.id()
    );
    record
}

/// Records of an Entra provisioning log as Graph gives them.
pub(crate) fn entra(count: usize) -> Vec<String> {
    let mut dice = Dice(2);
    (0..count).map(|at| entra_record(at, &mut dice)).collect()
}

fn entra_record(at: usize, dice: &mut Dice) -> String {
    let (name, login) = dice.person();
    let app = dice.one_of(&APPS);
    let failed = dice.below(10) == 0;
    let (status, error) = if failed {
        let (code, reason) = (dice.one_of(&CODES), dice.reason(&login));
        (
            "failure",
            format!(
                r#"{{"errorCode":"{code}","reason":"Failed to process {login}: StatusCode: BadRequest Message: {reason}. This operation was retried 2 times.","additionalDetails":null,"errorCategory":"nonServiceFailure","recommendedAction":null}}"#
            ),
        )
    } else {
        ("success", "null".to_owned())
    };
    let (id, source, target) = (dice.guid(), dice.guid(), dice.guid());
    let mut record = format!(
        r#"{{"id":"{id}","activityDateTime":"{}","tenantId":"{}","jobId":"scim.{}.{}","cycleId":"{}","changeId":"{id}","provisioningAction":"{}","durationInMilliseconds":{},"servicePrincipal":{{"id":"{}","displayName":"{app}"}},"sourceSystem":{{"id":"{}","displayName":"Microsoft Entra ID","details":{{}}}},"targetSystem":{{"id":"{}","displayName":"{app}","details":{{"ApplicationId":"{}","ServicePrincipalId":"{}","ServicePrincipalDisplayName":"{app}"}}}},"initiatedBy":{{"id":"","displayName":"Azure AD Provisioning Service","initiatorType":"system"}},"#,
        time(at),
        dice.guid(),
        dice.id(),
        dice.guid(),
        dice.guid(),
        dice.one_of(&["create", "update", "disable", "delete"]),
        dice.below(4000),
        dice.guid(),
        dice.guid(),
        dice.guid(),
        dice.guid(),
        dice.guid()
    );
    let _ = write!(
        record,
        r#""sourceIdentity":{{"id":"{source}","displayName":"{name}","identityType":"User","details":{{"id":"{source}","odatatype":"User","DisplayName":"{name}","UserPrincipalName":"{login}"}}}},"targetIdentity":{{"id":"{target}","displayName":"{login}","identityType":"User","details":{{}}}},"provisioningSteps":["#
    );
    for (place, (step, kind, words)) in [
        ("EntryImportAdd", "import", "Received User change of type (Add) from Microsoft Entra ID"),
        (
            "EntrySynchronizationScoping",
            "scoping",
            "Determine if User in scope by evaluating against each scoping filter",
        ),
        (
            "EntrySynchronizationAdd",
            "matching",
            "User will be processed in the application (Assigned: True, IsSoftDeleted: False)",
        ),
        ("EntryExportAdd", "export", "User was sent to the application"),
    ]
    .into_iter()
    .enumerate()
    {
        let (comma, status) = (if place > 0 { "," } else { "" }, if kind == "export" { status } else { "success" });
        let _ = write!(
            record,
            r#"{comma}{{"name":"{step}","provisioningStepType":"{kind}","status":"{status}","description":"{words}: {login}","details":{{}}}}"#
        );
    }
    record.push_str(r#"],"modifiedProperties":["#);
    for (place, property) in ["userName", "name.familyName", "emails[type eq \\\"work\\\"].value"].iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let _ = write!(record, r#"{comma}{{"displayName":"{property}","oldValue":null,"newValue":"{login}"}}"#);
    }
    let _ = write!(record, r#"],"provisioningStatusInfo":{{"status":"{status}","errorInformation":{error}}}}}"#);
    record
}

/// One record a line.
pub(crate) fn lines(records: &[String]) -> Vec<u8> {
    let mut text = records.join("\n");
    text.push('\n');
    text.into_bytes()
}

/// All records as one array in one line.
pub(crate) fn array(records: &[String]) -> Vec<u8> {
    format!("[{}]", records.join(",")).into_bytes()
}

/// An array with every field in a line of its own.
pub(crate) fn pretty(records: &[String]) -> Vec<u8> {
    let records: Vec<serde_json::Value> = records.iter().map(|record| serde_json::from_str(record).unwrap()).collect();
    serde_json::to_vec_pretty(&records).unwrap()
}
