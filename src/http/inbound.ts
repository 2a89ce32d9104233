import { timingSafeEqual } from 'node:crypto';
import express, { type Request, type Response, type Router } from 'express';
import { Refusal } from '../errors.ts';
import type {
  Callback,
  GatewayEvent,
  RawRequest,
  ReceiptEvent,
  ReplyEvent,
  StopEvent,
} from '../gateways/gateway.ts';
import { readBytes } from './read-body.ts';
import { nameRoute } from './request-log.ts';

/** An account that operators tell us things about. */
export interface InboundAccount {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly parseCallback: (request: RawRequest) => Callback;
}

/** What becomes of what they tell. */
export interface InboundPort {
  readonly accountNamed: (gateway: string) => InboundAccount | undefined;
  /** Resolves once it holds whatever happens: on the disk, and in the database or on its way there. */
  readonly takeReply: (account: InboundAccount, event: ReplyEvent | StopEvent) => Promise<void>;
  readonly keepReceipts: (account: InboundAccount, events: readonly ReceiptEvent[]) => Promise<void>;
}

/** Receipts, replies and STOP of every account: one address each, named by an unguessable secret. */
export function inboundRouter(port: InboundPort): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  router.all(
    '/:gateway/:secret',
    async (req: Request<{ gateway: string; secret: string }>, res: Response) => {
      nameRoute(res, '/v1/inbound/{gateway}/{secret}');
      const account = port.accountNamed(req.params.gateway);
      if (account === undefined || !same(account.secret, req.params.secret)) throw new Refusal('NOT_FOUND');
      if (req.method !== 'POST' && req.method !== 'GET') throw new Refusal('METHOD_NOT_ALLOWED');
      // Of a stranger not a byte is read.
      await take(port, account, rawRequest(req, await readBytes(req, res)));
      res.status(204).end();
    },
  );
  return router;
}

/** Replies before receipts: whoever says STOP waits for nobody. All that one call tells is written at once. */
async function take(port: InboundPort, account: InboundAccount, request: RawRequest): Promise<void> {
  const callback = account.parseCallback(request);
  if (callback.kind === 'REJECTED') throw new Refusal('INVALID_REQUEST', { reason: callback.reason });
  await Promise.all(callback.events.filter(isReply).map((event) => port.takeReply(account, event)));
  const receipts = callback.events.filter(isReceipt);
  if (receipts.length > 0) await port.keepReceipts(account, receipts);
}

const isReply = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';
const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';

const NOWHERE = 'http://localhost/';

const rawRequest = (req: Request, body: Buffer): RawRequest => ({
  method: req.method,
  // The host is whatever a proxy made of it: who signs an address knows the public one.
  url: URL.parse(req.originalUrl, NOWHERE)?.href ?? NOWHERE,
  headers: req.headers,
  body,
});

/** Constant time whatever was sent; lengths are no secret. */
function same(secret: string, given: string): boolean {
  const [one, other] = [Buffer.from(secret), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
