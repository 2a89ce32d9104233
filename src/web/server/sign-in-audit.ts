import { isIPv4 } from 'node:net';
import type { Request } from 'express';
import { Refusal } from '../../platform/index.ts';
import { recordAudit, firstTenantId } from '../../company/index.ts';
import type { Api } from './api.ts';
import { budgets } from './budgets.ts';
import { actorOf, type Caller } from './caller.ts';
import { Bound, neighbourhood } from './form-bounds.ts';
import type { Identification } from './identify.ts';
import { moment } from './moment.ts';

type Parts = Pick<Api, 'database' | 'clock'>;

const { most, withinMs } = budgets.refusedSignIns;
const written = new WeakMap<object, Bound>();

/** Finds the caller of a key used to sign in; an unknown key is audited. Refuses when too many of the same address wait. */
export async function callerSigningIn(
  { api, identification }: { readonly api: Parts; readonly identification: Identification },
  req: Request,
  key: string,
): Promise<Caller | undefined> {
  const from = neighbourhood(req.ip ?? '');
  const caller = await identification.of(`Bearer ${key}`, from).catch(unlessUnknown);
  if (caller === undefined) await noteRefusedSignIn(api, req);
  return caller;
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code === 'TOO_MANY_REQUESTS') throw error;
}

/** Audits a sign-in. */
export async function noteSignIn({ database, clock }: Parts, req: Request, caller: Caller): Promise<void> {
  const details = { role: caller.role, by: 'key', from: networkOf(req) };
  const entry = { actor: actorOf(caller), action: 'session.opened', subject: caller.keyId, details };
  await database.withTenant(caller.tenantId, (tx) => recordAudit(tx, entry, moment(clock)));
}

/** Audits a refused sign-in with an unknown key, for the first tenant, which runs the instance. */
async function noteRefusedSignIn({ database, clock }: Parts, req: Request): Promise<void> {
  const bound = written.get(database) ?? new Bound(most, withinMs);
  written.set(database, bound);
  if (!bound.admits('all', clock.monotonic())) return;
  const tenantId = await database.outside(firstTenantId);
  if (tenantId === undefined) return;
  const entry = { actor: 'system', action: 'session.refused', details: { from: networkOf(req) } };
  await database.withTenant(tenantId, (tx) => recordAudit(tx, entry, moment(clock)));
}

/** Returns a visitor's network, not their address: 24 bits of IPv4, 64 of IPv6. */
function networkOf(req: Request): string {
  const place = neighbourhood(req.ip ?? '');
  return isIPv4(place) ? `${place.split('.').slice(0, 3).join('.')}.0/24` : `${place}::/64`;
}
