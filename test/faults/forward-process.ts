import { connect, createServer } from 'node:net';
import { paired } from '../support/paired.ts';

/** Carries connections from a port of this host to an address: what one host calls its own is on the other. */
const ways = JSON.parse(process.env['ORDER'] ?? '[]') as readonly {
  readonly port: number;
  readonly host: string;
  readonly to: number;
}[];

for (const { port, host, to } of ways)
  createServer((near) => {
    const far = connect(to, host);
    paired(near, far);
    near.pipe(far).pipe(near);
  }).listen(port, '127.0.0.1');
