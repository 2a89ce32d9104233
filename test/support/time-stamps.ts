import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A time-stamping authority of openssl, behind HTTP on the loopback. */
export interface Authority {
  readonly url: string;
  /** The certificate to trust, as a file. */
  readonly caFile: string;
  readonly requests: () => number;
  /** What it answers from now on: stamps, or nothing good. */
  behave(how: 'stamps' | 'refuses' | 'is away'): void;
  close(): Promise<void>;
}

const SETTINGS = (folder: string): string => `
[ tsa ]
default_tsa = here
[ here ]
serial = ${folder}/serial
crypto_device = builtin
signer_cert = ${folder}/tsa.pem
certs = ${folder}/ca.pem
signer_key = ${folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
[ authority ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ stamping ]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ req ]
distinguished_name = name
[ name ]
`;

async function certificates(folder: string, key: string): Promise<void> {
  const conf = path.join(folder, 'tsa.cnf');
  await writeFile(conf, SETTINGS(folder));
  await writeFile(path.join(folder, 'serial'), '01\n');
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder });
  const newKey = key === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const request = ['-newkey', ...newKey, '-nodes', '-config', conf];
  await openssl(
    'req',
    '-x509',
    ...request,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '3650',
    '-subj',
    '/CN=A root',
    '-extensions',
    'authority',
  );
  await openssl(
    'req',
    '-new',
    ...request,
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.csr',
    '-subj',
    '/CN=An authority of time',
  );
  await openssl(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'tsa.pem',
    '-days',
    '3650',
    '-extfile',
    conf,
    '-extensions',
    'stamping',
  );
}

/** Starts an authority with keys of its own. */
export async function anAuthority(key: 'rsa' | 'ec' = 'rsa'): Promise<Authority> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bonheure-tsa-'));
  await certificates(folder, key);
  let requests = 0;
  let how: 'stamps' | 'refuses' | 'is away' = 'stamps';
  const stamp = async (asked: Buffer): Promise<Buffer> => {
    requests += 1;
    const [query, reply] = [`${requests}.tsq`, `${requests}.tsr`].map((name) => path.join(folder, name)) as [
      string,
      string,
    ];
    // An authority refuses what it cannot read.
    await writeFile(query, how === 'refuses' ? Buffer.from('3000', 'hex') : asked);
    await run('openssl', [
      'ts',
      '-reply',
      '-config',
      path.join(folder, 'tsa.cnf'),
      '-queryfile',
      query,
      '-out',
      reply,
    ]);
    return readFile(reply);
  };
  const server = createServer((req, res) => {
    void buffer(req).then(async (asked) => {
      if (how === 'is away') return res.writeHead(503).end();
      return res.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(await stamp(asked));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    caFile: path.join(folder, 'ca.pem'),
    requests: () => requests,
    behave: (next) => {
      how = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
