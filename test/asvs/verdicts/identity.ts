import { absent, holds, ofDeployment, open, type Verdicts } from '../verdict.ts';

const NO_CODES =
  'nobody signs in by a code: the code of a public form proves a number, opens nothing, and has five attempts';
const DIRECTORY =
  'the directory of the company (BONHEURE_OIDC) asks for factors and keeps them: docs/operating/signing-in.md';

/** Who somebody is. */
export const authentication: Verdicts = {
  '6.1.1': holds('guards against guessing are documented', 'asvs/documents', 'the documents say %s'),
  '6.1.2': holds(
    'words that a key may not consist of are documented',
    'asvs/documents',
    'the documents say %s',
  ),
  '6.1.3': holds('all ways of signing in are documented', 'asvs/documents', 'the documents say %s'),
  '6.2.1': holds(
    'length of a key that a person chose',
    'asvs/keys',
    'a key of the environment is refused: %s',
  ),
  '6.2.2': holds(
    'a key can be changed',
    'company/tenant/create-tenant',
    'admits another admin key, unless revoked',
  ),
  '6.2.3': absent(
    'the old password for a new one',
    'a key is never changed: an admin makes another and revokes the old one',
  ),
  '6.2.4': holds('keys that everybody would guess', 'asvs/keys', 'a key of the environment is refused: %s'),
  '6.2.5': holds('keys of any composition', 'asvs/keys', 'an environment key may have 200 characters'),
  '6.2.6': holds('what is typed is masked', 'asvs/keys', 'the key field is masked and accepts pasting'),
  '6.2.7': holds('pasting and password managers', 'asvs/keys', 'the key field is masked and accepts pasting'),
  '6.2.8': holds(
    'a key is compared as it was given',
    'asvs/keys',
    'a key with one character changed fails: %s',
  ),
  '6.2.9': holds('long keys', 'asvs/keys', 'an environment key may have 200 characters'),
  '6.2.10': holds('no change by the calendar', 'asvs/keys', 'a key without an end has none'),
  '6.2.11': holds('words of this product in a key', 'asvs/keys', 'a key of the environment is refused: %s'),
  '6.2.12': absent(
    'passwords that leaked elsewhere',
    'no person makes up a password: keys are 256 random bits, and one that the environment sets is refused when somebody would guess it',
  ),
  '6.3.1': holds('guessing keys', 'web/server/sign-in', 'is audited and delayed, without delaying others'),
  '6.3.2': holds('accounts that everybody knows', 'asvs/keys', 'a usual name or key opens nothing: %s'),
  '6.3.3': ofDeployment('more than one factor', DIRECTORY),
  '6.3.4': holds('every way in is as strong as the others', 'asvs/keys', 'a revoked key opens nothing'),
  '6.4.1': absent(
    'initial passwords',
    'a key is the credential itself, not a way to set one; it is shown once',
  ),
  '6.4.2': holds('hints and secret questions', 'asvs/keys', 'the sign-in page asks only for a key'),
  '6.4.3': holds('a lost key', 'company/tenant/create-tenant', 'admits another admin key, unless revoked'),
  '6.4.4': ofDeployment('a lost factor', DIRECTORY),
  '6.5.1': absent('codes work once', NO_CODES),
  '6.5.2': absent('codes are kept hashed', NO_CODES),
  '6.5.3': absent('codes are random', NO_CODES),
  '6.5.4': absent('codes are long enough', NO_CODES),
  '6.5.5': absent('codes end soon', NO_CODES),
  '6.6.1': absent('codes by telephone', NO_CODES),
  '6.6.2': absent('codes belong to one request', NO_CODES),
  '6.6.3': absent('guessing of codes', NO_CODES),
  '6.8.1': absent('one person at two directories', 'an instance knows one directory'),
  '6.8.2': holds('what a directory says is signed', 'web/server/open-id', 'refuses %s, and says so'),
  '6.8.3': absent('SAML assertions', 'nothing here speaks SAML'),
  '6.8.4': ofDeployment('strength that a directory must show', DIRECTORY),
};

/** Sessions of browsers. */
export const sessions: Verdicts = {
  '7.1.1': holds('how long sessions last is documented', 'asvs/documents', 'the documents say %s'),
  '7.1.2': holds('how many sessions at once is documented', 'asvs/documents', 'the documents say %s'),
  '7.1.3': holds('sessions and the directory are documented', 'asvs/documents', 'the documents say %s'),
  '7.2.1': holds('the server judges a session', 'asvs/sessions', 'a cookie that %s opens nothing'),
  '7.2.2': holds(
    'a session is made anew, and is no key',
    'asvs/sessions',
    'each sign-in gives a new cookie without key',
  ),
  '7.2.3': holds('a session cannot be guessed', 'asvs/sessions', 'a directory session uses a 256-bit key'),
  '7.2.4': open(
    'the session before ends at a new sign-in',
    'a sign-in gives another cookie; the one before stays good for the rest of its two hours, or until whoever holds it leaves, which ends all',
  ),
  '7.3.1': holds(
    'a session that nobody uses ends',
    'asvs/sessions',
    'a session ends after two hours, even used',
  ),
  '7.3.2': holds(
    'a session ends whatever is done',
    'asvs/sessions',
    'a session ends after two hours, even used',
  ),
  '7.4.1': holds(
    'who left is out, copies too',
    'web/server/sign-in',
    'signs out every browser, and in again',
  ),
  '7.4.2': holds(
    'a person who is removed is out',
    'web/console/console',
    'sees nothing more once the key is revoked',
  ),
  '7.4.3': holds('other sessions end with a changed credential', 'asvs/keys', 'a revoked key opens nothing'),
  '7.4.4': holds('every page lets people leave', 'asvs/sessions', 'every page has a way to leave'),
  '7.4.5': holds(
    'an admin ends the sessions of somebody',
    'web/console/people',
    'show a key once, and revoke it',
  ),
  '7.5.1': absent(
    'signing in again before an account is changed',
    'people have no account here: names, addresses and factors are the directory’s',
  ),
  '7.5.2': open(
    'people see and end their sessions',
    '“Quitter” ends all sessions of whoever presses it; a list of one’s own does not exist, an admin sees those of the directory in GET /v1/keys',
  ),
  '7.6.1': holds(
    'sessions here and at the directory',
    'web/server/open-id',
    'ends everywhere when somebody signs out',
  ),
  '7.6.2': holds(
    'no session without an act of its owner',
    'asvs/sessions',
    'a link of another site begins no sign-in',
  ),
};

/** Who may do what. */
export const authorisation: Verdicts = {
  '8.1.1': holds('who may do what is documented', 'asvs/documents', 'the documents say %s'),
  '8.1.2': holds('who may read which field is documented', 'asvs/documents', 'the documents say %s'),
  '8.2.1': holds('each address is for its roles alone', 'web/server/role', '%s %s is for %s alone'),
  '8.2.2': holds(
    'other people’s things by their ids',
    'asvs/tenants',
    'an id of another tenant looks unknown',
  ),
  '8.2.3': holds(
    'fields that a role may not read',
    'web/server/role',
    'shows numbers masked, or clear to allowed roles',
  ),
  '8.3.1': holds(
    'the server judges what a page hides',
    'web/console/console',
    'of %s neither reaches nor sees %s',
  ),
  '8.4.1': holds(
    'nothing crosses from one tenant to another',
    'asvs/tenants',
    'an order on another tenant’s thing changes nothing',
  ),
};
