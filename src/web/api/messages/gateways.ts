import { z } from 'zod';
import { type Transaction, journalDoubt, Refusal } from '../../../platform/index.ts';
import { EVERYBODY, type Role } from '../../../base/index.ts';
import { lastTrials, type LastTrial, type ApiGateway } from '../../../gateways/index.ts';
import {
  recentBills,
  driftOf,
  type Bill,
  GATE_WORDS,
  gatewayStates,
  type GatewayState,
  idOfAccountNamed,
} from '../../../sending/index.ts';
import { recordAudit, isOnlyTenant, TRANSFER_BASES, recordTransfer } from '../../../company/index.ts';
import { route, orNotFound, tagged } from '../../server/route.ts';
import { actorOf } from '../../server/caller.ts';
import { FindingShown } from './gateway-trials.ts';
import { ByAccount, moment, line } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';

const Basis = z.enum(TRANSFER_BASES);

const Transfer = z
  .object({
    name: z.string(),
    basis: Basis,
    documentRef: z.string(),
    country: z.string(),
    recordedAt: z.string(),
  })
  .meta({ id: 'Transfer' });

/** An account at an operator. */
export const GatewayShown = z
  .object({
    name: z.string(),
    kind: z.string(),
    default: z.boolean(),
    fake: z.boolean(),
    state: z.string(),
    halted: z.boolean(),
    haltReason: z.string().nullable(),
    waitingFor: z.object({ code: z.string(), text: z.string() }).nullable().meta({
      description:
        'What keeps messages of every account from leaving, whatever its state; null while the gate is open.',
    }),
    rate: z.int(),
    credit: z.string().nullable(),
    inbound: z.object({
      url: z
        .string()
        .nullable()
        .meta({ description: 'Shown to the instance alone: whoever knows it may speak for the operator.' }),
      lastReceiptAt: z.string().nullable(),
      lastStopAt: z.string().nullable(),
      provenAt: z.string().nullable(),
      how: z.string().nullable(),
      unread: z.int().nullable().meta({
        description:
          'Calls of the operator that nobody could read, kept for 30 days; npm run unread shows them. Null to a tenant that shares the instance.',
      }),
    }),
    processor: z.object({ name: z.string(), country: z.string() }).nullable(),
    transfer: Transfer.omit({ name: true }).nullable(),
    trial: z
      .object({
        endedAt: z.string(),
        findings: z.array(FindingShown),
      })
      .meta({
        description:
          'What the last trial that ended found of each assumption of the adapter. Null to a tenant that shares the instance.',
      })
      .nullable(),
    drift: z
      .object({
        messages: z.int(),
        parts: z.object({ ours: z.int(), theirs: z.int() }),
        cost: z.object({ ours: z.string(), theirs: z.string(), currency: z.string() }).nullable(),
        isAlarming: z.boolean(),
      })
      .meta({
        description: 'What the operator says it counted in the last seven days, beside our own count.',
      })
      .nullable(),
  })
  .meta({ id: 'Gateway' });

export const gatewayRoutes = tagged('Operating', [
  route('GET /v1/gateways', {
    roles: [...EVERYBODY, 'instance'],
    summary: 'Lists accounts: state, inbound address, whether a STOP has come back.',
    reply: z.array(GatewayShown),
    run: async ({ api: { gateways }, tx, caller: { role }, language }) => {
      const states = new Map((await gatewayStates(tx)).map((state) => [state.name, state]));
      const whole = role === 'instance' || (await isOnlyTenant(tx));
      const bills = whole ? await recentBills(tx) : [];
      const trials = whole ? await lastTrials(tx) : [];
      const waitingFor = await gateHeld(tx, language);
      return gateways.map((gateway) => ({
        ...shown(gateway, states.get(gateway.name), { role, whole }),
        waitingFor,
        trial: trialShown(gateway, trials),
        drift: driftShown(gateway, bills),
      }));
    },
  }),
  route('PUT /v1/gateways/{name}/transfer', {
    roles: ['admin'],
    summary: 'Records why people’s data may go to a processor outside the European Economic Area.',
    params: ByAccount,
    body: z.strictObject({ basis: Basis, documentRef: line(300) }),
    reply: Transfer,
    run: async ({ api: { gateways, clock }, tx, caller, params: { name }, body: { basis, documentRef } }) => {
      const when = moment(clock);
      const accountId = orNotFound(await idOfAccountNamed(tx, name));
      const country = gateways.find((gateway) => gateway.name === name)?.processor?.country;
      if (country === undefined) throw new Refusal('PROCESSOR_UNKNOWN');
      const actor = actorOf(caller);
      await recordTransfer(tx, { accountId, basis, documentRef, country, at: when.at, actor });
      const details = { basis, documentRef, country };
      await recordAudit(
        tx,
        { actor, action: 'gateway.transfer-recorded', subject: accountId, details },
        when,
      );
      return { name, basis, documentRef, country, recordedAt: when.at };
    },
  }),
]);

/** Returns the cause that closes the gate for everybody, if the database knows one. */
async function gateHeld(
  tx: Transaction,
  language: Language,
): Promise<z.input<typeof GatewayShown>['waitingFor']> {
  if ((await journalDoubt(tx)) === undefined) return null;
  return { code: 'JOURNAL_WAITS', text: GATE_WORDS.JOURNAL_WAITS[language] };
}

const UNKNOWN: Omit<GatewayState, 'name'> = {
  state: 'unknown',
  halted: false,
  haltReason: null,
  ownHaltReason: null,
  credit: null,
  lastReceiptAt: null,
  lastStopAt: null,
  unread: 0,
  ownReceiptAt: null,
  ownStopAt: null,
  provenAt: null,
  how: null,
  transfer: null,
};

/**
 * Describes an account. The traffic of all tenants and the credit are only shown with `whole`, and the inbound address,
 * which ends with a secret, only to the instance's key.
 */
function shown(
  gateway: ApiGateway,
  found: Omit<GatewayState, 'name'> | undefined,
  { role, whole }: { readonly role: Role; readonly whole: boolean },
): Omit<z.input<typeof GatewayShown>, 'drift' | 'waitingFor' | 'trial'> {
  const state = found ?? UNKNOWN;
  const { name, kind, fake, ratePerSecond, processor = null } = gateway;
  return {
    name,
    kind,
    fake,
    default: gateway.default,
    state: state.state,
    halted: state.halted || state.ownHaltReason !== null,
    haltReason: state.ownHaltReason ?? state.haltReason,
    rate: ratePerSecond,
    credit: whole ? state.credit : null,
    inbound: {
      url: role === 'instance' ? gateway.inboundUrl : null,
      lastReceiptAt: whole ? state.lastReceiptAt : state.ownReceiptAt,
      lastStopAt: whole ? state.lastStopAt : state.ownStopAt,
      provenAt: state.provenAt,
      how: state.how,
      unread: whole ? state.unread : null,
    },
    processor,
    transfer: state.transfer,
  };
}

function trialShown(
  gateway: ApiGateway,
  trials: readonly LastTrial[],
): z.input<typeof GatewayShown>['trial'] {
  const last = trials.find(({ name }) => name === gateway.name);
  return last === undefined ? null : { endedAt: last.endedAt, findings: last.findings };
}

/** Compares an operator's count with ours; undefined when the operator reports none. */
function driftShown(
  { name, price }: ApiGateway,
  bills: readonly (Bill & { readonly name: string })[],
): z.input<typeof GatewayShown>['drift'] {
  const bill = bills.find((one) => one.name === name);
  if (bill === undefined) return null;
  const { messages, partsOurs, partsReported, costOurs, costReported } = bill;
  return {
    messages,
    parts: { ours: partsOurs, theirs: partsReported },
    cost:
      costOurs === 0 || price === undefined
        ? null
        : { ours: money(costOurs), theirs: money(costReported), currency: price.currency },
    isAlarming: driftOf(bill).isAlarming,
  };
}

/** Writes an amount as a decimal with at least two places. */
const money = (millionths: number): string => (millionths / 1_000_000).toFixed(6).replace(/0{1,4}$/, '');
