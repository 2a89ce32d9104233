import { createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * An SMSC in a process of its own: answers each `submit_sm` after a while, and counts who was written to.
 *
 * Bare bytes: a library would take as much as what is measured beside it.
 */
const { latencyMs } = JSON.parse(process.env['ORDER'] ?? '{}') as { latencyMs: number };
const JITTER = 0.2;
const TICK_MS = 2;

const taken = new Map<string, number>();
let messages = 0;
let [open, mostOpen] = [0, 0];
let used = process.cpuUsage();

interface Owed {
  readonly socket: Socket;
  readonly bytes: Buffer;
}

/** Answers by the tick in which they are due: a timer each would cost more than the answer. */
const owed = new Map<number, Owed[]>();
let tick = 0;
setInterval(() => {
  const now = Math.floor(performance.now() / TICK_MS);
  for (; tick <= now; tick += 1) {
    const together = new Map<Socket, Buffer[]>();
    for (const { socket, bytes } of owed.get(tick) ?? [])
      together.set(socket, [...(together.get(socket) ?? []), bytes]);
    owed.delete(tick);
    for (const [socket, all] of together) {
      open -= all.length;
      socket.write(Buffer.concat(all));
    }
  }
}, TICK_MS);

function head(command: number, sequence: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(16 + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(command, 4);
  bytes.writeUInt32BE(sequence, 12);
  body.copy(bytes, 16);
  return bytes;
}

/** The destination stands behind a type, a source with two octets before it, and two octets. */
function destinationIn(frame: Buffer): string {
  const type = frame.indexOf(0, 16);
  const source = frame.indexOf(0, type + 3);
  const from = source + 3;
  return frame.toString('latin1', from, frame.indexOf(0, from));
}

function take(socket: Socket, frame: Buffer, sequence: number): void {
  const to = destinationIn(frame);
  taken.set(to, (taken.get(to) ?? 0) + 1);
  messages += 1;
  open += 1;
  mostOpen = Math.max(mostOpen, open);
  const around = latencyMs * (1 + JITTER * (2 * ((messages * 0.618_034) % 1) - 1));
  const due = Math.floor((performance.now() + around) / TICK_MS);
  const answer = { socket, bytes: head(0x80000004, sequence, Buffer.from(`${messages.toString(16)}\0`)) };
  owed.set(due, [...(owed.get(due) ?? []), answer]);
}

function meet(socket: Socket, frame: Buffer): void {
  const [command, sequence] = [frame.readUInt32BE(4), frame.readUInt32BE(12)];
  if (command === 4) take(socket, frame, sequence);
  else if (command < 0x80000000)
    socket.write(
      head((command | 0x80000000) >>> 0, sequence, command === 9 ? Buffer.from('bench\0') : Buffer.alloc(0)),
    );
}

const server = createServer((socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    let at = 0;
    while (rest.length - at >= 16 && rest.length - at >= rest.readUInt32BE(at)) {
      const length = rest.readUInt32BE(at);
      meet(socket, rest.subarray(at, at + length));
      at += length;
    }
    rest = rest.subarray(at);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `smpp://127.0.0.1:${port}` });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage(used);
  const doubles = [...taken.values()].filter((times) => times > 1).length;
  process.send?.({ taken: messages, doubles, mostOpen, cpuMs: (user + system) / 1_000 });
  used = process.cpuUsage();
});
process.once('disconnect', () => process.exit(0));
