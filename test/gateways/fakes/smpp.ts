import type { AddressInfo } from 'node:net';
import { createServer, type PDU, type Session } from 'smpp';
import { measure } from '../../../src/sms/encoding/encoding.ts';
import type { Failure, FakeOperator, Manners, Surroundings, Telling } from './fake-operator.ts';
import {
  buffers,
  gsm7,
  numbered,
  receiptOf,
  segmentOf,
  told,
  ucs2,
  written,
  type Segment,
} from './smpp-words.ts';

/** Who may use the fake. */
export const SMPP_CREDENTIALS = { systemId: 'cabinet', password: 'smpp-pass' };

/** The differences among operators of SMPP, and how this one behaves now. */
export interface SmppHabits {
  /** OVHcloud by its page: a window of 10, no payload, no segments by TLV, its own TLV and `err`. */
  readonly profile: 'general' | 'ovh';
  /** Requests without an answer that one session may have. */
  readonly window: number;
  /** Messages a second that one session may send. */
  readonly perSecond: number;
  readonly firstId: bigint;
  /** Whether a session is bound for both ways, or for one alone. */
  readonly binds: 'transceiver' | 'pair';
  /** Answers to what it takes carry no id. */
  readonly withoutIds?: boolean;
  /** All parts of a message have one id. */
  readonly sharedIds?: boolean;
  readonly key?: string;
  readonly cert?: string;
}

/** The operator's side of SMPP on a free port of loopback. */
export interface SmppFake extends FakeOperator {
  /** Sessions that are bound now. */
  readonly bound: () => number;
  /** Most requests that waited for an answer in one session. */
  readonly mostAtOnce: () => number;
  /** Unbinds every session, as some operators do each day. */
  unbindAll(): void;
  /** Bytes that no protocol knows, on every session. */
  spit(bytes: Buffer): void;
  /** Count of calls that the operator repeats until they are answered with 0, as it does for 7 days. */
  readonly untold: () => number;
  /** Count of its calls, each try included. */
  readonly tellings: () => number;
  /** Connections that it ever saw, bound or not. */
  readonly met: () => number;
}

const STATUS = {
  wrongBind: 0x04,
  throttled: 0x58,
  full: 0x14,
  system: 0x08,
  source: 0x0a,
  destination: 0x0b,
  password: 0x0e,
};

const ROLES = ['transceiver', 'transmitter', 'receiver'] as const;

/** Larger than a script may read as a number. */
const FIRST_ID = 9_007_199_254_740_993n;

/** Wait before a call that was not answered with 0 is repeated; short here. */
const TELLS_AGAIN_MS = 200;

export async function runSmppFake(different: Partial<SmppHabits> = {}, port = 0): Promise<SmppFake> {
  const habits: SmppHabits = {
    profile: 'general',
    window: 10_000,
    perSecond: Infinity,
    firstId: FIRST_ID,
    binds: 'transceiver',
    ...different,
  };
  const settings = { callbackUrl: '', aheadMs: 0, latencyMs: 0 };
  const failures: Failure[] = [];
  const around: Surroundings = {
    now: () => Date.now() + settings.aheadMs,
    log: [],
    blacklist: new Set(),
    callbackUrl: () => settings.callbackUrl,
    credit: { left: Infinity },
  };
  const operator = new Smsc(habits, around, failures, settings);
  const { key, cert } = habits;
  const server = createServer(key === undefined || cert === undefined ? {} : { key, cert }, (session) =>
    operator.meet(session),
  );
  let met = 0;
  server.on('connection', () => (met += 1));
  server.on('error', () => undefined);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => {
    server.listen(port, '127.0.0.1', () => done());
  });
  return {
    ...around,
    origin: `${key === undefined ? 'smpp' : 'smpps'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    manners: operator.manners(),
    failures,
    settings,
    bound: () => operator.sessions.size,
    mostAtOnce: () => operator.mostAtOnce,
    untold: () => operator.untold,
    tellings: () => operator.tellings,
    met: () => met,
    unbindAll: () => operator.unbindAll(),
    spit: (bytes) => {
      for (const session of operator.sessions.keys()) session.socket.write(bytes);
    },
    tell: (telling) => operator.tell(telling),
    stop: async () => {
      operator.stopped = true;
      for (const session of operator.sessions.keys()) session.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** What it keeps of one session. */
interface Client {
  readonly role: (typeof ROLES)[number];
  waiting: number;
  readonly sentAt: number[];
}

class Smsc {
  readonly sessions = new Map<Session, Client>();
  readonly #segments = new Map<string, Segment[]>();
  readonly #habits: SmppHabits;
  readonly #around: Surroundings;
  readonly #failures: Failure[];
  readonly #settings: { readonly latencyMs: number };
  #ids: bigint;
  mostAtOnce = 0;
  untold = 0;
  tellings = 0;
  stopped = false;

  constructor(
    habits: SmppHabits,
    around: Surroundings,
    failures: Failure[],
    settings: { readonly latencyMs: number },
  ) {
    this.#habits = habits;
    this.#ids = habits.firstId;
    this.#around = around;
    this.#failures = failures;
    this.#settings = settings;
  }

  meet(session: Session): void {
    session.setMaxListeners(0);
    session.on('error', () => session.destroy());
    session.on('close', () => void this.sessions.delete(session));
    for (const role of ROLES)
      session.on(`bind_${role}`, (pdu: PDU) => {
        const status = this.#faultOfBind(pdu, role);
        session.send(pdu.response({ command_status: status }));
        if (status === 0) this.sessions.set(session, { role, waiting: 0, sentAt: [] });
      });
    session.on('enquire_link', (pdu: PDU) => void session.send(pdu.response()));
    session.on('unbind', (pdu: PDU) => {
      session.send(pdu.response());
      session.socket.end();
    });
    session.on('submit_sm', (pdu: PDU) => this.#submitted(session, pdu));
  }

  unbindAll(): void {
    for (const session of this.sessions.keys()) session.unbind(() => session.socket.end());
  }

  #submitted(session: Session, pdu: PDU): void {
    const client = this.sessions.get(session);
    if (client === undefined) return;
    client.waiting += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, client.waiting);
    const answer = (): void => {
      client.waiting -= 1;
      const failure = this.#failures.shift();
      if (failure === undefined) {
        session.send(this.#answer(pdu, client));
        return;
      }
      const misdeed = MISDEEDS[failure];
      if (misdeed === undefined) throw new Error(`SMPP does not fail by ${failure}`);
      misdeed({ session, pdu, take: () => this.#take(pdu) });
    };
    if (this.#settings.latencyMs > 0) setTimeout(answer, this.#settings.latencyMs);
    else answer();
  }

  #answer(pdu: PDU, client: Client): PDU {
    const refused = this.#faultOf(pdu, client);
    if (refused !== 0) return pdu.response({ command_status: refused });
    const id = this.#take(pdu);
    return pdu.response({ message_id: this.#habits.withoutIds === true ? '' : id });
  }

  #faultOfBind(pdu: PDU, role: Client['role']): number {
    if ((role === 'transceiver') !== (this.#habits.binds === 'transceiver')) return STATUS.wrongBind;
    const isKnown =
      pdu['system_id'] === SMPP_CREDENTIALS.systemId && pdu['password'] === SMPP_CREDENTIALS.password;
    return isKnown ? 0 : STATUS.password;
  }

  #faultOf(pdu: PDU, client: Client): number {
    const { window, perSecond, profile } = this.#habits;
    if (client.role === 'receiver') return STATUS.wrongBind;
    if (client.waiting >= window) return STATUS.full;
    const now = performance.now();
    while ((client.sentAt[0] ?? now) < now - 1_000) client.sentAt.shift();
    if (client.sentAt.length >= perSecond) return STATUS.throttled;
    if (perSecond !== Infinity) client.sentAt.push(now);
    if (!/^[A-Za-z0-9 ]{3,11}$|^\d{3,15}$/.test(String(pdu['source_addr']))) return STATUS.source;
    if (!/^[1-9]\d{9,14}$/.test(String(pdu['destination_addr']))) return STATUS.destination;
    const forbidden = ['message_payload', 'sar_msg_ref_num', 'sar_total_segments', 'sar_segment_seqnum'];
    return profile === 'ovh' && forbidden.some((name) => pdu[name] !== undefined) ? 0x03 : 0;
  }

  /** Takes one part; a message is in the log once all its parts are there. */
  #take(pdu: PDU): string {
    const to = `+${String(pdu['destination_addr'])}`;
    const carried = segmentOf(pdu);
    const key = `${to} ${carried.reference}`;
    const others = this.#segments.get(key) ?? [];
    const id = (this.#habits.sharedIds === true ? others[0]?.id : undefined) ?? String(this.#ids++);
    const segment = { ...carried, id };
    const known = [...others, segment];
    this.#segments.set(key, known);
    if (known.length < segment.of) return id;
    this.#segments.delete(key);
    const inOrder = known.toSorted((one, other) => one.at - other.at);
    const octets = Buffer.concat(inOrder.map((one) => one.octets));
    const text = Number(pdu['data_coding']) === 8 ? ucs2(octets) : gsm7(octets);
    const at = this.#around.now();
    this.#around.log.push({
      id,
      partIds: inOrder.map((one) => one.id ?? id),
      key: undefined,
      to,
      from: String(pdu['source_addr']),
      text,
      parts: segment.of > 1 ? segment.of : measure(text).parts,
      at,
      heldUntil: at,
      barred: this.#around.blacklist.has(to),
    });
    return id;
  }

  manners(): Manners {
    const { profile } = this.#habits;
    return {
      sends: () => true,
      answer: () => ({ status: 0, body: '' }),
      refusal: () => ({ status: 0, body: '' }),
      wrongTypes: {},
      receipt: (message, ending) => told(receiptOf(message, ending, profile)),
      reply: (from, text, to) =>
        told({
          ...numbered(from),
          destination_addr: to?.from ?? '36180',
          ...written(text),
        }),
      stop: (from, to) =>
        told({ ...numbered(from), destination_addr: to?.from ?? '36180', ...written('STOP') }),
    };
  }

  /** Repeats a call on any session until it is answered with 0. */
  async tell({ body = '{}' }: Telling): Promise<number> {
    this.untold += 1;
    try {
      for (let tries = 0; tries < 50 && !this.stopped; tries += 1) {
        const status = await this.#tellOnce(JSON.parse(body, buffers) as object);
        if (status === 0) return 200;
        if (status === PERMANENT) return 400;
        await new Promise((rested) => setTimeout(rested, TELLS_AGAIN_MS));
      }
      return 0;
    } finally {
      this.untold -= 1;
    }
  }

  #tellOnce(fields: object): Promise<number> {
    this.tellings += 1;
    const [session] = [...this.sessions].find(([, { role }]) => role !== 'transmitter') ?? [];
    if (session === undefined) return Promise.resolve(-1);
    return new Promise((answered) => {
      const timer = setTimeout(answered, 2_000, -1);
      const gone = (): void => answered(-1);
      session.once('close', gone);
      session.deliver_sm({ ...fields }, (pdu) => {
        clearTimeout(timer);
        session.off('close', gone);
        answered(pdu.command_status);
      });
    });
  }
}

const PERMANENT = 0x65;

interface Scene {
  readonly session: Session;
  readonly pdu: PDU;
  readonly take: () => string;
}

const status = (code: number) => (scene: Scene) =>
  void scene.session.send(scene.pdu.response({ command_status: code }));

const MISDEEDS: Partial<Record<Failure, (scene: Scene) => void>> = {
  throttled: status(STATUS.throttled),
  'throttled-for-3-s': status(STATUS.full),
  '5xx-before': status(STATUS.system),
  '5xx-after': (scene) => {
    scene.take();
    status(STATUS.system)(scene);
  },
  'silent-after': ({ take }) => void take(),
  'reset-before': ({ session }) => session.destroy(),
  'reset-after': ({ session, take }) => {
    take();
    session.destroy();
  },
  html: ({ session }) => void session.socket.write('HTTP/1.1 200 OK\r\n\r\n<html><h1>It works!</h1></html>'),
  huge: ({ session, take }) => {
    take();
    session.socket.write(Buffer.concat([Buffer.from([0x00, 0x98, 0x96, 0x80]), Buffer.alloc(40_000)]));
  },
};
