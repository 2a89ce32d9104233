import { createServer, type AddressInfo, type Socket } from 'node:net';

/** How an operator of a bench behaves. */
export interface SmscHabits {
  readonly latencyMs: number;
  /** Told of each message that it takes, and of the id that it gives it. */
  readonly took: (to: string, id: string) => void;
  /** Told of each answer of ours. */
  readonly answered?: (sequence: number, status: number) => void;
}

const JITTER = 0.2;
const TICK_MS = 2;
const SUBMIT = 4;
const BIND = 9;
const SUBMIT_RESP = 0x80000004;
const DELIVER_RESP = 0x80000005;
const ANSWER = 0x80000000;

interface Owed {
  readonly socket: Socket;
  readonly bytes: Buffer;
}

/**
 * An SMSC that answers each `submit_sm` after a while.
 *
 * Bare bytes: a library would take as much as what is measured beside it.
 */
export class Smsc {
  /** Sessions that are bound. */
  readonly bound: Socket[] = [];
  readonly #habits: SmscHabits;
  /** Answers by the tick in which they are due: a timer each would cost more than the answer. */
  readonly #owed = new Map<number, Owed[]>();
  messages = 0;
  mostOpen = 0;
  #open = 0;
  #tick = 0;

  constructor(habits: SmscHabits) {
    this.#habits = habits;
  }

  /** Resolves to its address. */
  async listen(): Promise<string> {
    setInterval(() => this.#answerDue(), TICK_MS);
    const server = createServer((socket) => this.#meet(socket));
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', () => done());
    });
    return `smpp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  #meet(socket: Socket): void {
    let rest: Buffer = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      let at = 0;
      while (rest.length - at >= 16 && rest.length - at >= rest.readUInt32BE(at)) {
        const length = rest.readUInt32BE(at);
        this.#hear(socket, rest.subarray(at, at + length));
        at += length;
      }
      rest = rest.subarray(at);
    });
  }

  #hear(socket: Socket, frame: Buffer): void {
    const [command, status, sequence] = [4, 8, 12].map((at) => frame.readUInt32BE(at));
    if (command === undefined || status === undefined || sequence === undefined) return;
    if (command === BIND) this.bound.push(socket);
    if (command === SUBMIT) this.#take(socket, frame, sequence);
    else if (command === DELIVER_RESP) this.#habits.answered?.(sequence, status);
    else if (command < ANSWER)
      socket.write(
        pdu((command | ANSWER) >>> 0, sequence, command === BIND ? Buffer.from('bench\0') : Buffer.alloc(0)),
      );
  }

  #take(socket: Socket, frame: Buffer, sequence: number): void {
    this.messages += 1;
    const id = this.messages.toString(16);
    this.#habits.took(destinationIn(frame), id);
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    const around = this.#habits.latencyMs * (1 + JITTER * (2 * ((this.messages * 0.618_034) % 1) - 1));
    const due = Math.floor((performance.now() + around) / TICK_MS);
    const answer = { socket, bytes: pdu(SUBMIT_RESP, sequence, Buffer.from(`${id}\0`)) };
    this.#owed.set(due, [...(this.#owed.get(due) ?? []), answer]);
  }

  #answerDue(): void {
    const now = Math.floor(performance.now() / TICK_MS);
    for (; this.#tick <= now; this.#tick += 1) {
      const due = this.#owed.get(this.#tick) ?? [];
      this.#owed.delete(this.#tick);
      for (const [socket, all] of Map.groupBy(due, (one) => one.socket)) {
        this.#open -= all.length;
        socket.write(Buffer.concat(all.map(({ bytes }) => bytes)));
      }
    }
  }
}

/** The bytes of a PDU with that body. */
export function pdu(command: number, sequence: number, body: Buffer): Buffer {
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
