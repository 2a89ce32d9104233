import { connect } from 'node:net';

const WAIT_MS = 3_000;
const [address = '', ...ports] = process.argv.slice(2);

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: WAIT_MS });
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });

const found = await Promise.all(
  ports.map(async (port) => ((await isOpen(Number(port))) ? [Number(port)] : [])),
);
process.stdout.write(JSON.stringify(found.flat()));
