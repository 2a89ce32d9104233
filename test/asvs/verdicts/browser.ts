import { absent, holds, ofDeployment, type Verdicts } from '../verdict.ts';

const HEADERS = 'of %s has its browser policy';
const NO_SOCKETS = 'nothing here speaks WebSocket; what is followed is a stream of events by HTTP';

/** What browsers are told and trusted with. */
export const browser: Verdicts = {
  '3.2.1': holds(
    'an answer is not shown as something else',
    'web/server/app',
    'carries headers that keep it data',
  ),
  '3.2.2': holds(
    'text is written as text by scripts',
    'asvs/sources',
    'scripts of pages write text, never markup',
  ),
  '3.3.1': holds('cookies travel by TLS alone, named so', 'asvs/browser', 'every cookie %s'),
  '3.3.2': holds('cookies say to which site they go', 'asvs/browser', 'every cookie %s'),
  '3.3.3': holds('cookies are kept to their host', 'asvs/browser', 'every cookie %s'),
  '3.3.4': holds('cookies are read by no script', 'asvs/browser', 'every cookie %s'),
  '3.4.1': holds('HSTS for a year, of sub-domains too', 'web/server/browser-policy', HEADERS),
  '3.4.2': holds('which origins read answers', 'asvs/browser', 'a page of another origin cannot read %s'),
  '3.4.3': holds('content security policy', 'asvs/browser', 'every page runs only its own scripts'),
  '3.4.4': holds('types are not guessed', 'web/server/browser-policy', HEADERS),
  '3.4.5': holds('addresses are not told to other sites', 'web/server/browser-policy', HEADERS),
  '3.4.6': holds('pages stand in no frame', 'web/server/browser-policy', HEADERS),
  '3.5.1': holds('acts of other sites', 'web/console/console', 'of %s orders nothing'),
  '3.5.2': holds('acts without a preflight', 'asvs/browser', 'a cookie opens nothing of the API'),
  '3.5.3': holds(
    'looking changes nothing',
    'web/public/opt-out',
    'stops nothing for scanners, HEAD or previews',
  ),
  '3.5.4': ofDeployment(
    'applications apart by their hosts',
    'Temporal’s page is another program: give it a host of its own, behind your own access rules (docs/operating/production.md)',
  ),
  '3.5.5': holds('messages between windows', 'asvs/sources', 'no page listens to other windows'),
  '3.7.1': holds(
    'techniques that browsers still keep up',
    'web/console/console',
    'loads nothing external, runs only its own script',
  ),
  '3.7.2': holds('leading people to another site', 'web/console/console', 'is never led to %s'),
};

/** The API and its messages. */
export const api: Verdicts = {
  '4.1.1': holds(
    'types and charsets of answers',
    'asvs/answers',
    'every answer with a body names its charset',
  ),
  '4.1.2': holds(
    'requests in clear are not led on in silence',
    'asvs/answers',
    'an address of the API leads nowhere else',
  ),
  '4.1.3': holds(
    'headers of a proxy, set by somebody else',
    'asvs/answers',
    'an address claimed by a header is ignored',
  ),
  '4.2.1': holds('where a message ends', 'asvs/answers', 'a message of two lengths is refused: %s'),
  '4.3.1': absent('cost of GraphQL queries', 'there is no GraphQL and no other query language'),
  '4.3.2': absent('introspection of GraphQL', 'there is no GraphQL'),
  '4.4.1': absent('WebSocket by TLS', NO_SOCKETS),
  '4.4.2': absent('origin of a WebSocket', NO_SOCKETS),
  '4.4.3': absent('tokens for WebSocket', NO_SOCKETS),
  '4.4.4': absent('from a session to a WebSocket', NO_SOCKETS),
};

/** Files. */
export const files: Verdicts = {
  '5.1.1': holds('which files are taken is documented', 'asvs/documents', 'the documents say %s'),
  '5.2.1': holds(
    'files larger than can be dealt with',
    'web/api/people/import-bounds',
    'declared as 5 GB is refused unread',
  ),
  '5.2.2': holds('files are what they say', 'pure/upload/foreign-file', 'is named with what to do instead'),
  '5.2.3': holds(
    'packed files that grow',
    'web/api/people/import-bounds',
    'too large once unpacked is refused early',
  ),
  '5.3.1': absent(
    'files that a server would run',
    'a file becomes rows of the database: no folder is served, and no name leads to a file',
  ),
  '5.3.2': holds('paths made of names', 'asvs/answers', 'a file name leads to no file: %s'),
  '5.4.1': holds('the name of a download is ours', 'asvs/answers', 'a download has the name we gave it'),
  '5.4.2': holds('names in headers are encoded', 'asvs/answers', 'a download has the name we gave it'),
  '5.4.3': absent(
    'scanning for viruses',
    'files of people are read as CSV text and never handed on; what is given back is written anew, so that no spreadsheet runs a cell',
  ),
};
