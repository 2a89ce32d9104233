import {
  type Clock,
  type Transaction,
  type TenantKeys,
  Refusal,
  refusalWords,
} from '../../platform/index.ts';
import {
  recordConsents,
  type Granted,
  type Method,
  addWording,
  type ConsentPurpose,
} from '../../people/index.ts';
import type { Tenant } from '../../company/index.ts';
import { bilingual } from '../../words/index.ts';

/** An agreement given inside a booking. */
export interface BookedConsent {
  /** That of the booking when absent. */
  readonly purposes?: readonly ConsentPurpose[] | undefined;
  readonly method?: Method | undefined;
  /** ISO instant. */
  readonly grantedAt: string;
  /** The wording that the person saw: its text, or its id. */
  readonly wording?: string | undefined;
  readonly wordingId?: string | undefined;
  readonly evidence?: Readonly<Record<string, string>> | undefined;
}

/** The person and the proof of an agreement. */
export interface ConsentSource {
  readonly tenant: Pick<Tenant, 'settings' | 'locale'>;
  readonly purpose: ConsentPurpose;
  /** The name of the caller's key. */
  readonly keyName: string;
  readonly actor: string;
  /** Kind and external id of the booking. */
  readonly recordRef: string;
}

/** An agreement with all evidence its proof needs, except the person. */
export interface ReadyConsent {
  readonly grants: readonly {
    readonly purpose: ConsentPurpose;
    readonly method: Method;
    readonly wordingId: string;
    readonly grantedAt: string;
    readonly evidence: Readonly<Record<string, string>>;
    readonly attested: boolean;
  }[];
}

const METHODS: readonly Method[] = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'];

/**
 * Completes an agreement by the tenant's defaults, and stores its wording. Before any contact is locked: wordings
 * are stored one tenant at a time, and imports lock people after them.
 */
export async function readyConsent(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { consent, source }: { readonly consent: BookedConsent; readonly source: ConsentSource },
): Promise<ReadyConsent> {
  const { purposes = [source.purpose], evidence, grantedAt } = consent;
  const wordingId = await wordingOf(tx, deps, { consent, purposes, source });
  const attested = evidence === undefined;
  const shown = evidence ?? { source: source.keyName, recordRef: source.recordRef };
  const grants = purposes.map((purpose) => {
    const usual = source.tenant.settings.consentDefaults?.[purpose];
    const method = consent.method ?? METHODS.find((one) => one === usual?.method);
    const words = wordingId ?? usual?.wordingId;
    if (method === undefined || words === undefined)
      throw incomplete([
        ...(method === undefined ? ['method'] : []),
        ...(words === undefined ? ['wording'] : []),
      ]);
    return { purpose, method, wordingId: words, grantedAt, evidence: shown, attested };
  });
  return { grants };
}

async function wordingOf(
  tx: Transaction,
  deps: { readonly clock: Clock },
  about: {
    readonly consent: BookedConsent;
    readonly purposes: readonly ConsentPurpose[];
    readonly source: ConsentSource;
  },
): Promise<string | undefined> {
  const { consent, purposes, source } = about;
  if (consent.wording === undefined) return consent.wordingId;
  const given = { text: consent.wording, purposes, locale: source.tenant.locale };
  return (await addWording(tx, deps, given)).id;
}

/** Records the completed agreement. One that cannot lift a STOP is no reason to refuse the booking. */
export async function recordBooked(
  tx: Transaction,
  deps: { readonly keys: TenantKeys; readonly clock: Clock },
  {
    ready,
    contactId,
    actor,
  }: { readonly ready: ReadyConsent; readonly contactId: string; readonly actor: string },
): Promise<void> {
  const grants = ready.grants.map((grant) => ({ ...grant, contactId, actor, channel: 'api' as const }));
  for (const granted of await recordConsents(tx, deps, grants)) refuseUnproven(granted);
}

function refuseUnproven(granted: Granted): void {
  if (granted.kind !== 'refused' || granted.code === 'PROOF_NOT_NEW') return;
  if (granted.missing !== undefined) throw incomplete(granted.missing);
  throw new Refusal(granted.code, {
    errors: [{ in: 'body', pointer: '/consent', message: refusalWords(granted.code) }],
  });
}

const incomplete = (missing: readonly string[]): Refusal =>
  new Refusal('CONSENT_PROOF_INCOMPLETE', {
    errors: missing.map((field) => ({
      in: 'body' as const,
      pointer: ['method', 'wording', 'wordingId'].includes(field)
        ? `/consent/${field}`
        : `/consent/evidence/${field}`,
      message: bilingual.request.missing,
    })),
  });

/**
 * Records the contract as the basis of reminders, when the tenant chose that basis. The series serves as the
 * contract. Nothing is recorded for a person who may already be written to.
 */
export async function recordContract(
  tx: Transaction,
  deps: { readonly keys: TenantKeys; readonly clock: Clock },
  about: { readonly contactId: string; readonly source: ConsentSource; readonly sendable: boolean },
): Promise<void> {
  const { contactId, source, sendable } = about;
  if (sendable || source.tenant.settings.bases?.[source.purpose] !== 'contract') return;
  const { purpose, actor, recordRef } = source;
  const grantedAt = deps.clock.now().toISO();
  const evidence = { contractRef: recordRef };
  await recordConsents(tx, deps, [
    { contactId, purpose, basis: 'contract', grantedAt, evidence, channel: 'api', actor },
  ]);
}
