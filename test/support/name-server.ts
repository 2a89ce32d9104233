import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const HEADER_BYTES = 12;
/** Of a question after its name: type and class. */
const TYPE_BYTES = 4;
const IPV4 = 1;
const ANSWERED = 0x8180;
const NO_SUCH_NAME = 0x8183;

/** A server of names on loopback, silent about those that it has not. */
export interface NameServer {
  /** Address and port. */
  readonly address: string;
  /** Names that it was asked for, once for each question. */
  readonly asked: string[];
  close(): Promise<void>;
}

interface Question {
  readonly name: string;
  readonly type: number;
  readonly end: number;
}

function questionOf(message: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at + 1),
    end: at + 1 + TYPE_BYTES,
  };
}

function answerTo(message: Buffer, { type, end }: Question, address: string | null): Buffer {
  const rows = address === null || type !== IPV4 ? [] : [address];
  const head = Buffer.from(message.subarray(0, HEADER_BYTES));
  head.writeUInt16BE(address === null ? NO_SUCH_NAME : ANSWERED, 2);
  for (const [field, count] of [1, rows.length, 0, 0].entries()) head.writeUInt16BE(count, 4 + 2 * field);
  // The name of the question, IPv4, internet, a minute, four bytes.
  const answers = rows.map((row) =>
    Buffer.from([0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...row.split('.').map(Number)]),
  );
  return Buffer.concat([head, message.subarray(HEADER_BYTES, end), ...answers]);
}

/** Answers for these names, with an IPv4 address or null where there is no such name; for others it is silent. */
export async function aNameServer(names: Readonly<Record<string, string | null>>): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const question = questionOf(message);
    asked.push(question.name);
    const found = names[question.name];
    if (found !== undefined) socket.send(answerTo(message, question, found), port, address);
  });
  await new Promise<void>((bound) => {
    socket.bind(0, '127.0.0.1', bound);
  });
  const { port }: AddressInfo = socket.address();
  return {
    address: `127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((closed) => {
        socket.close(closed);
      }),
  };
}
