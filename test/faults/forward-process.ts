import { connect, createServer } from 'node:net';

/** Carries connections from a port of this host to an address: what one host calls its own is on the other. */
const ways = JSON.parse(process.env['ORDER'] ?? '[]') as readonly {
  readonly port: number;
  readonly host: string;
  readonly to: number;
}[];

for (const { port, host, to } of ways)
  createServer((near) => {
    const far = connect(to, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  }).listen(port, '127.0.0.1');
