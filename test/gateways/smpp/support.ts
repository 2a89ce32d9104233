import { createServer, type Socket, type AddressInfo } from 'node:net';
import { PDU } from 'smpp';
import type { GatewayEvent, ReplyPart } from '../../../src/sending/gateway/gateway.ts';
import { Frames } from '../../../src/gateways/smpp/pdu.ts';
import { SmppGateway, type SmppAccount } from '../../../src/gateways/smpp/smpp-gateway.ts';
import { SMPP_CREDENTIALS } from '../fakes/smpp.ts';

/** An account, and what arrived on its sessions. */
export interface HeardAccount {
  readonly gateway: SmppGateway;
  readonly received: GatewayEvent[];
  /** Unreadable PDUs, as they came. */
  readonly unread: Buffer[];
  readonly parts: ReplyPart[];
}

/** Opens an account at an operator with one difference, and notes what arrives. */
export function anAccount(baseUrl: string, different: Partial<SmppAccount> = {}): HeardAccount {
  const heard: GatewayEvent[] = [];
  const unread: Buffer[] = [];
  const parts: ReplyPart[] = [];
  const gateway = anUnheard(baseUrl, different);
  gateway.receive(
    async (events) => void heard.push(...events),
    async (bytes) => {
      unread.push(bytes);
      return 'kept';
    },
    async (part) => {
      parts.push(part);
      return 'kept';
    },
  );
  return { gateway, received: heard, unread, parts };
}

/** Opens the same account without a listener. */
export function anUnheard(baseUrl: string, different: Partial<SmppAccount> = {}): SmppGateway {
  return new SmppGateway({
    name: 'smpp',
    fake: true,
    baseUrl,
    sessions: 1,
    window: 10,
    profile: 'general',
    longTexts: 'udh',
    bind: 'transceiver',
    alphabet: 'gsm-7',
    messageIds: 'as-is',
    statuses: {},
    systemType: '',
    credentials: SMPP_CREDENTIALS,
    acknowledgesStop: false,
    requestTimeoutMs: 1_500,
    enquireLinkMs: 30_000,
    ...different,
  });
}

/** An operator that accepts every bind, and does nothing by itself. */
export interface RawOperator {
  readonly url: string;
  /** Sockets of those that were bound, the newest last. */
  readonly bound: Socket[];
  stop(): Promise<void>;
}

/** Starts one; `says` gets what comes after the bind; another kind of bind than `binds` gets no answer. */
export async function aRawOperator(
  says: (socket: Socket, bytes: Buffer) => void = () => undefined,
  binds: readonly string[] = ['bind_transceiver'],
): Promise<RawOperator> {
  const bound: Socket[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    let isBound = false;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      if (isBound) return says(socket, bytes);
      if (!binds.includes(new PDU(bytes).command)) return undefined;
      isBound = true;
      bound.push(socket);
      socket.write(new PDU(bytes).response({ system_id: 'raw' }).toBuffer());
      return undefined;
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', () => done());
  });
  return {
    url: `smpp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bound,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** An operator that leaves messages without an answer. */
export interface SilentOperator extends RawOperator {
  readonly submits: { readonly socket: Socket; readonly pdu: PDU }[];
  /** Count of its `enquire_link` requests. */
  readonly asked: () => number;
}

/** Starts one, which answers other questions while `isThere.now`. */
export async function aSilentOperator(isThere: { readonly now: boolean }): Promise<SilentOperator> {
  const submits: { readonly socket: Socket; readonly pdu: PDU }[] = [];
  let asked = 0;
  const operator = await aRawOperator((socket, bytes) => {
    for (const pdu of new Frames().push(bytes).frames.map((frame) => new PDU(frame))) {
      if (pdu.command === 'submit_sm') submits.push({ socket, pdu });
      if (pdu.command === 'unbind') socket.write(pdu.response().toBuffer());
      if (pdu.command === 'enquire_link') asked += 1;
      if (pdu.command === 'enquire_link' && isThere.now) socket.write(pdu.response().toBuffer());
    }
  });
  return { ...operator, submits, asked: () => asked };
}
