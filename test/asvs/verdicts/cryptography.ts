import { absent, holds, ofDeployment, type Verdicts } from '../verdict.ts';

const PROXY =
  'TLS ends at the proxy before the api, whose certificate and ciphers are yours: docs/operating/production.md';
const ALGORITHMS = 'only approved algorithms are asked for';

/** Cryptography. */
export const cryptography: Verdicts = {
  '11.1.1': holds('the life of keys is documented', 'asvs/documents', 'the documents say %s'),
  '11.1.2': holds('an inventory of keys and algorithms', 'asvs/documents', 'the documents say %s'),
  '11.2.1': holds(
    'ciphers of well-kept libraries',
    'asvs/sources',
    'ciphers come only from OpenSSL and jose',
  ),
  '11.2.2': holds(
    'keys and algorithms can be changed',
    'rotation/key-rotation',
    'changes while running, and is removed when unused',
  ),
  '11.2.3': holds('at least 128 bits of security', 'asvs/sources', 'a key under 256 bits is refused'),
  '11.3.1': holds(
    'no weak modes and paddings',
    'asvs/sources',
    'only whole blocks are sealed without a mode',
  ),
  '11.3.2': holds('approved ciphers', 'asvs/sources', ALGORITHMS),
  '11.3.3': holds(
    'what was altered does not open',
    'platform/crypto/cipher',
    'does not open after a changed byte',
  ),
  '11.4.1': holds('approved hashes', 'asvs/sources', ALGORITHMS),
  '11.4.2': absent(
    'passwords are stretched',
    'no passwords are kept: keys are 256 random bits, of which a SHA-256 is kept',
  ),
  '11.4.3': holds('hashes of signatures withstand collisions', 'asvs/sources', ALGORITHMS),
  '11.4.4': absent('keys made of passwords', 'no key is made of a password'),
  '11.5.1': holds(
    'what nobody may guess is random',
    'asvs/sources',
    'chance that anybody could foresee makes no secret',
  ),
  '11.6.1': holds(
    'signatures and the making of keys',
    'web/api/people/evidence',
    'changes act, chain and signature: the stamp exposes',
  ),
};

/** What travels between machines. */
export const communication: Verdicts = {
  '12.1.1': ofDeployment('versions of TLS', PROXY),
  '12.1.2': ofDeployment('ciphers of TLS', PROXY),
  '12.1.3': absent('certificates of callers', 'nobody is known here by a certificate'),
  '12.2.1': ofDeployment('TLS for everybody who comes', PROXY),
  '12.2.2': ofDeployment('certificates that the public trusts', PROXY),
  '12.3.1': holds(
    'nothing leaves this machine in clear',
    'pure/platform/settings/config',
    'is refused in clear, unless named: %s',
  ),
  '12.3.2': holds('certificates of others are verified', 'gateways/tls', 'is never written to: %s'),
  '12.3.3': holds('TLS between our own processes', 'pure/platform/settings/config', 'uses TLS with %j: %s'),
  '12.3.4': holds(
    'certificates of our own services',
    'end-to-end/external',
    'migrates by TLS as the owner, once',
  ),
};

/** Configuration. */
export const configuration: Verdicts = {
  '13.1.1': holds('whom it talks to is documented', 'asvs/documents', 'the documents say %s'),
  '13.2.1': ofDeployment(
    'services know each other',
    'roles of PostgreSQL, and keys or certificates of Temporal, are given by whoever runs them: docs/operating/production.md',
  ),
  '13.2.2': holds(
    'services have the least rights',
    'platform/database/tenancy',
    'belongs to somebody else than the application',
  ),
  '13.2.3': holds('no usual credentials', 'pure/compose', 'holds no secret of its own'),
  '13.2.4': holds('a list of whom it talks to', 'web/api/company/webhooks', 'goes to no private address'),
  '13.2.5': holds('a list of what the server reaches', 'pure/compose', 'reaches only the services it needs'),
  '13.3.1': ofDeployment(
    'a vault for secrets',
    'secrets come by environment or file, from whatever keeps them: docs/operating/keys.md',
  ),
  '13.3.2': holds(
    'secrets are read by whom they are for',
    'main/embedded/supervisor',
    'passes the api its secret by private file',
  ),
  '13.4.1': holds('no history of the sources is served', 'asvs/answers', 'no address leads to a file: %s'),
  '13.4.2': holds('no mode for debugging', 'asvs/answers', 'a fault shows only a code and id'),
  '13.4.3': holds('no folder is listed', 'asvs/answers', 'no address leads to a file: %s'),
  '13.4.4': holds('TRACE', 'asvs/answers', 'an unneeded method reveals nothing: %s'),
  '13.4.5': holds('documents and probes stay inside', 'documents/proxy', 'keeps %s inside'),
};
