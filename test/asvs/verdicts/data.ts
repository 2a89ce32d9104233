import { absent, holds, ofDeployment, type Verdicts } from '../verdict.ts';

const NO_STORE = 'no answer may be kept: %s';
const NO_WEBRTC = 'nothing here speaks WebRTC';

/** Data. */
export const data: Verdicts = {
  '14.1.1': holds('sensitive data is named and classified', 'asvs/documents', 'the documents say %s'),
  '14.1.2': holds('how each class is kept is documented', 'asvs/documents', 'the documents say %s'),
  '14.2.1': holds(
    'no sensitive data in an address',
    'web/api/people/contact',
    'is found without its number in an address',
  ),
  '14.2.2': holds('no sensitive data in caches on the way', 'asvs/answers', NO_STORE),
  '14.2.3': holds(
    'no data for trackers',
    'web/console/console',
    'loads nothing external, runs only its own script',
  ),
  '14.2.4': holds('data is guarded as documented', 'web/server/dump', 'shows no number, name or words'),
  '14.3.1': holds(
    'nothing stays in a browser that left',
    'asvs/sessions',
    'a signed-out browser keeps no page or cookie',
  ),
  '14.3.2': holds('no sensitive data in the cache of a browser', 'asvs/answers', NO_STORE),
  '14.3.3': holds(
    'no sensitive data in the storage of a browser',
    'asvs/sources',
    'no page keeps anything in a browser',
  ),
};

/** Design and what it is made of. */
export const design: Verdicts = {
  '15.1.1': holds('how soon parts are renewed is documented', 'asvs/documents', 'the documents say %s'),
  '15.1.2': holds('a bill of materials', 'documents/sbom', 'names each installed package with its digest'),
  '15.1.3': holds('what takes long is documented', 'asvs/documents', 'the documents say %s'),
  '15.2.1': ofDeployment(
    'parts are renewed in time',
    'run npm audit where you build, by the times of SECURITY.md',
  ),
  '15.2.2': holds(
    'what takes long stops nobody',
    'end-to-end/attack',
    'a campaign goes on, and others are answered',
  ),
  '15.2.3': holds(
    'nothing in production but what it needs',
    'pure/compose',
    'is given exactly what it copies',
  ),
  '15.3.1': holds(
    'answers hold what is needed',
    'web/server/secrecy',
    'stand in no answer to either of them',
  ),
  '15.3.2': holds('redirects are not followed', 'web/api/company/webhooks', 'follows no redirect'),
  '15.3.3': holds('fields that nobody asked for', 'asvs/injection', 'an unknown field is refused'),
  '15.3.4': holds('the address of whoever asks', 'asvs/answers', 'an address claimed by a header is ignored'),
  '15.3.5': holds(
    'types that are mistaken for others',
    'asvs/injection',
    'a value of another type is refused: %s',
  ),
  '15.3.6': holds('prototypes', 'asvs/encoding', 'a body that names a prototype is refused'),
  '15.3.7': holds('parameters that come twice', 'asvs/injection', 'a parameter that comes twice is refused'),
};

/** Logs and faults. */
export const logs: Verdicts = {
  '16.1.1': holds('what is logged is documented', 'asvs/documents', 'the documents say %s'),
  '16.2.1': holds(
    'a line says when, where, who and what',
    'asvs/answers',
    'a log line says when, who and how',
  ),
  '16.2.2': holds('moments are of UTC', 'asvs/answers', 'a log line says when, who and how'),
  '16.2.3': ofDeployment(
    'logs go where they are documented',
    'processes write to standard output, npm start to its own folder; what carries them on is yours',
  ),
  '16.2.4': holds('logs are read by programs', 'asvs/answers', 'a log line says when, who and how'),
  '16.2.5': holds(
    'what may not be logged',
    'end-to-end/erasure',
    'appears in no file, history, trace or answer',
  ),
  '16.3.1': holds('sign-ins are on record', 'web/server/sign-in', 'is audited with its network'),
  '16.3.2': holds('refusals are on record', 'asvs/answers', 'a refused caller is logged: %s'),
  '16.3.3': holds(
    'attempts to get round a guard are on record',
    'asvs/answers',
    'a refused caller is logged: %s',
  ),
  '16.3.4': holds('faults are on record', 'asvs/answers', 'a fault shows only a code and id'),
  '16.4.1': holds('lines that somebody makes up', 'asvs/answers', 'a line break sent forges no log line'),
  '16.4.2': holds(
    'what is on record cannot be changed unseen',
    'web/api/company/audit',
    'names the entry whose %s was written over',
  ),
  '16.4.3': ofDeployment(
    'logs go to another system',
    'standard output is carried there by whatever runs the processes',
  ),
  '16.5.1': holds('faults tell nothing of the inside', 'asvs/answers', 'a fault shows only a code and id'),
  '16.5.2': holds('something else is away', 'web/server/outage', 'names a missing Temporal, and recovers'),
  '16.5.3': holds(
    'in doubt nothing is sent',
    'temporal/seal',
    'trusts nothing before it compared, then beats',
  ),
};

/** WebRTC. */
export const webrtc: Verdicts = {
  '17.1.1': absent('relays reach no inner address', NO_WEBRTC),
  '17.2.1': absent('keys of media', NO_WEBRTC),
  '17.2.2': absent('ciphers of media', NO_WEBRTC),
  '17.2.3': absent('media are authenticated', NO_WEBRTC),
  '17.2.4': absent('media that are malformed', NO_WEBRTC),
  '17.3.1': absent('a flood of signals', NO_WEBRTC),
  '17.3.2': absent('signals that are malformed', NO_WEBRTC),
};
