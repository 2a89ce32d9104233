import { absent, holds, type Verdicts } from '../verdict.ts';

const NOT_A_SERVER = 'nothing here issues tokens to others: it is a client of a directory, never one itself';

/** Tokens that carry their own proof. */
export const tokens: Verdicts = {
  '9.1.1': holds('the signature is checked first', 'web/server/open-id', 'refuses %s, and says so'),
  '9.1.2': holds('algorithms on a list', 'asvs/tokens', 'a token by %s is not believed'),
  '9.1.3': holds('keys from where they were set', 'asvs/tokens', 'a key inside the token is ignored: %s'),
  '9.2.1': holds('from when to when a token is good', 'asvs/tokens', 'a token %s opens nothing'),
  '9.2.2': holds('a token is of the right type', 'asvs/tokens', 'a token %s opens nothing'),
  '9.2.3': holds('a token is for us', 'asvs/tokens', 'a token %s opens nothing'),
  '9.2.4': holds(
    'what we seal is bound to its place',
    'web/console/console',
    'is not admitted by another session',
  ),
};

/** OAuth and OpenID Connect. */
export const directory: Verdicts = {
  '10.1.1': holds(
    'tokens stay where they are needed',
    'asvs/tokens',
    'a browser receives no directory token',
  ),
  '10.1.2': holds(
    'an answer belongs to the browser that asked',
    'web/server/open-id',
    'accepts only an answer asked for, once',
  ),
  '10.2.1': holds(
    'forged answers of a directory',
    'asvs/tokens',
    'the directory request carries state, nonce and proof',
  ),
  '10.2.2': absent('mixing up two directories', 'an instance knows one directory'),
  '10.3.1': holds('a token is meant for this service', 'asvs/tokens', 'a token %s opens nothing'),
  '10.3.2': holds('a token opens what it says', 'asvs/tokens', 'a token opens what its groups allow'),
  '10.3.3': holds(
    'people are known by ids that stay theirs',
    'web/server/open-id',
    'uses one key per person across tokens',
  ),
  '10.3.4': absent('strength that a token must show', 'no address asks for more than a role'),
  '10.4.1': absent('redirect addresses on a list', NOT_A_SERVER),
  '10.4.2': absent('a code is used once', NOT_A_SERVER),
  '10.4.3': absent('a code lives shortly', NOT_A_SERVER),
  '10.4.4': absent('grants that a client needs', NOT_A_SERVER),
  '10.4.5': absent('refresh tokens that come again', NOT_A_SERVER),
  '10.4.6': absent('proof keys for codes', NOT_A_SERVER),
  '10.4.7': absent('clients that register themselves', NOT_A_SERVER),
  '10.4.8': absent('an end of refresh tokens', NOT_A_SERVER),
  '10.4.9': absent('revoking of refresh tokens', NOT_A_SERVER),
  '10.4.10': absent('clients prove who they are', NOT_A_SERVER),
  '10.4.11': absent('scopes that a client needs', NOT_A_SERVER),
  '10.5.1': holds('ID tokens that come again', 'web/server/open-id', 'refuses %s, and says so'),
  '10.5.2': holds(
    'people are told apart by their subject',
    'web/server/open-id',
    'separates people with similar long ids',
  ),
  '10.5.3': holds(
    'a directory that plays another',
    'asvs/tokens',
    'a directory under another name is refused',
  ),
  '10.5.4': holds('an ID token is for this client', 'web/server/open-id', 'refuses %s, and says so'),
  '10.5.5': absent(
    'logout by the back channel',
    'it is not offered: a role taken away counts two hours later at most',
  ),
  '10.6.1': absent('response modes of a provider', NOT_A_SERVER),
  '10.6.2': absent('forced logout at a provider', NOT_A_SERVER),
  '10.7.1': absent('consent for each request', NOT_A_SERVER),
  '10.7.2': absent('what a consent says', NOT_A_SERVER),
  '10.7.3': absent('consents can be taken back', NOT_A_SERVER),
};
