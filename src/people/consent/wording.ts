import { createHash } from 'node:crypto';
import { type Clock, type Transaction, remembered, type Page } from '../../platform/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from './consent-event.ts';
import { wordingFindings } from './wording-findings.ts';
import {
  putWordings,
  readFirstUses,
  readNames,
  readWordingPage,
  readWordings,
  type Wording,
} from './wording.repository.ts';
import { languageOf } from '../../words/index.ts';

/** A wording that was shown to somebody. */
export interface WordingGiven {
  readonly text: string;
  readonly purposes: readonly ConsentPurpose[];
  /** BCP 47; only its language counts. */
  readonly locale?: string | undefined;
  readonly brandId?: string | undefined;
  /** ISO instant. */
  readonly inUseFrom?: string | undefined;
  readonly inUseUntil?: string | undefined;
  /** `published` only when a form of ours shows it. */
  readonly origin?: Wording['origin'] | undefined;
}

/** A wording, and whether it was new. */
export interface PutWording extends Wording {
  readonly created: boolean;
}

/** Keeps wordings for ever under their SHA-256; the same text twice is one wording. */
export async function declareWordings(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  given: readonly WordingGiven[],
): Promise<PutWording[]> {
  if (given.length === 0) return [];
  const known = await readNames(tx);
  const put = await putWordings(
    tx,
    given.map((one) => wordingOf(one, known)),
    { at: clock.now().toISO(), machineMs: clock.machine() },
  );
  const found = await readWordings(
    tx,
    put.map(({ id }) => id),
  );
  const byId = new Map(found.map((wording) => [wording.id, wording]));
  return put.flatMap(({ id, created }) => {
    const wording = byId.get(id);
    return wording ? [Object.assign({ created }, wording)] : [];
  });
}

/** Keeps one wording, as `declareWordings` does. */
export async function addWording(
  tx: Transaction,
  deps: { readonly clock: Clock },
  given: WordingGiven,
): Promise<PutWording> {
  const [wording] = await declareWordings(tx, deps, [given]);
  if (wording === undefined) throw new WordingLost('a wording that was just written is missing');
  return wording;
}

/** Thrown for a wording that vanished while it was written. */
class WordingLost extends Error {
  override readonly name = 'WordingLost';
}

/** Reads one wording by its id; in use from the earliest consent that cites it, unless declared otherwise. */
export async function findWording(tx: Transaction, id: string): Promise<Wording | undefined> {
  return (await withFirstUse(tx, await readWordings(tx, [id])))[0];
}

/** A page of wordings in order of creation. */
export async function listWordings(
  tx: Transaction,
  page: Page,
): Promise<{ readonly items: readonly Wording[]; readonly next: string | null }> {
  const found = await readWordingPage(tx, { limit: page.limit + 1, after: page.after });
  const items = await withFirstUse(tx, found.slice(0, page.limit));
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

async function withFirstUse(tx: Transaction, wordings: readonly Wording[]): Promise<Wording[]> {
  const silent = wordings.filter(({ inUseFrom }) => inUseFrom === null);
  const uses = await readFirstUses(
    tx,
    silent.map(({ id }) => id),
  );
  return wordings.map((wording) =>
    Object.assign({}, wording, { inUseFrom: wording.inUseFrom ?? uses.get(wording.id) ?? null }),
  );
}

/** The fingerprint of a wording, in hexadecimal; spaces at the ends do not count. */
export const wordingFingerprint = remembered(500, (text) =>
  createHash('sha256').update(wordsOf(text)).digest('hex'),
);

const wordsOf = (text: string): string => text.normalize('NFC').trim();

function wordingOf(given: WordingGiven, { names, brands }: Awaited<ReturnType<typeof readNames>>) {
  const purposes = CONSENT_PURPOSES.filter((purpose) => given.purposes.includes(purpose));
  const brand = brands > 1 && given.brandId === undefined ? 'unnamed' : 'named';
  return {
    brandId: given.brandId ?? null,
    purposes,
    locale: (given.locale ?? 'fr').split('-')[0]?.toLowerCase() ?? 'fr',
    text: wordsOf(given.text),
    sha256: wordingFingerprint(given.text),
    origin: given.origin ?? ('declared' as const),
    inUseFrom: given.inUseFrom ?? null,
    inUseUntil: given.inUseUntil ?? null,
    findings: wordingFindings({ text: given.text, purposes, names, brand }, languageOf(given.locale ?? 'fr')),
  };
}
