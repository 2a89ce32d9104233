import type { PlanReason, RefusalCode } from '../../platform/index.ts';
import { type VersionedKey, CiphertextRefused, TenantKeys, type ComposingKeys } from '../../crypto/index.ts';
import {
  linkAddress,
  OptOutTokens,
  type OptOutLink,
  type ConsentPurpose,
  type Person,
} from '../../person/index.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import { type Purpose, localityNamed, type Territory } from '../../rule/index.ts';
import {
  type Finding,
  measure,
  render,
  parseTemplate,
  type Template,
  stopMention,
  withStop,
  type OptOutMeans,
  vocabularyOf,
} from '../../sms/index.ts';
import type { Language } from '../../words/index.ts';

/** The measured final text for one person, or the reason why there is none. */
export type Composed =
  | {
      readonly kind: 'text';
      /** E.164. */
      readonly to: string;
      readonly sender: string;
      readonly text: string;
      readonly parts: number;
      readonly encoding: 'GSM-7' | 'UCS-2';
    }
  | {
      readonly kind: 'excluded';
      readonly because:
        | 'TEXT_CANNOT_RENDER'
        | 'TOO_MANY_PARTS'
        | 'CONTENT_REFUSED'
        | 'ANSWERS_IMPOSSIBLE'
        | 'ERASED'
        | 'CANCELLED';
    };

/** The text for one person, and its keyed digest in hexadecimal. */
export interface WrittenMessage {
  readonly composed: Composed;
  readonly digest: string;
}

/** Makes final texts; one for each kind of batch. */
export interface Composer {
  /** The reason why nothing may be sent until a person acts; absent without one. */
  readonly holds?: PlanReason | undefined;
  /** Decrypts, renders and checks one message; throws nothing for a cause in a person's data. */
  compose(row: ReadyRow): Composed;
  /** The same for many people of one place, beside this thread, in order; absent where that is not worth it. */
  readonly composeAll?: (rows: readonly ReadyRow[]) => Promise<readonly (WrittenMessage | undefined)[]>;
}

export interface Prepared {
  readonly row: ReadyRow;
  readonly composed: Composed;
  /** The keyed digest of its text. */
  readonly digest: Buffer;
}

/** Composes for one person; undefined where their data are unreadable, which is our fault and not theirs. */
export function writtenBy(
  composer: Pick<Composer, 'compose'>,
  keys: Pick<TenantKeys, 'digest'>,
  row: ReadyRow,
): WrittenMessage | undefined {
  const composed = ifComposable(() => composer.compose(row));
  if (composed === undefined) return undefined;
  const digest = keys.digest(composed.kind === 'text' ? composed.text : '').toString('hex');
  return { composed, digest };
}

const REFUSED_AS: Readonly<Partial<Record<Finding['code'], RefusalCode>>> = {
  OPT_OUT_IMPOSSIBLE: 'OPT_OUT_IMPOSSIBLE',
  REPLY_IMPOSSIBLE: 'OPT_OUT_IMPOSSIBLE',
  STOP_CODE_NOT_YOURS: 'OPT_OUT_IMPOSSIBLE',
  ANSWERS_IMPOSSIBLE: 'ANSWERS_IMPOSSIBLE',
  TOO_MANY_PARTS: 'TOO_MANY_PARTS',
  VARIABLE_UNKNOWN: 'TEXT_CANNOT_RENDER',
  VARIABLE_MALFORMED: 'TEXT_CANNOT_RENDER',
  BRACE_ALONE: 'TEXT_CANNOT_RENDER',
};

/** Returns the code under which a text with this finding is refused. */
export const refusedAs = ({ code }: Pick<Finding, 'code'>): RefusalCode =>
  REFUSED_AS[code] ?? 'CONTENT_REFUSED';

/** Thrown by a composer when the data of one person do not give a text now; each cause has its own class. */
export abstract class NotComposable extends Error {}

/** Returns what was composed; undefined where a person's data are unreadable. Any other fault is ours, and is thrown. */
export function ifComposable<T>(compose: () => T): T | undefined {
  try {
    return compose();
  } catch (cause) {
    if (cause instanceof CiphertextRefused || cause instanceof NotComposable) return undefined;
    throw cause;
  }
}

/** The inputs of texts; `run` gives the place of people of whom nothing is known any more. */
interface ComposingTerms {
  readonly composer: Composer;
  readonly keys: TenantKeys;
  readonly run: { readonly territory: string; readonly timeZone: string };
}

/**
 * Rows of one page, grouped by the present place of their people: one who moved since the freeze is decided alone.
 */
export class ReadyPage {
  readonly rows: readonly ReadyRow[];
  readonly places: readonly ReadyPlace[];

  constructor(writing: ComposingTerms, rows: readonly ReadyRow[]) {
    const { territory, timeZone } = writing.run;
    // Rows that were refused before go last: one person's obstacle then holds nobody else back.
    const inTurn = rows.toSorted(
      (one, other) => Number(one.isTried === true) - Number(other.isTried === true),
    );
    const groups = Map.groupBy(inTurn, (row) => `${row.territory ?? territory} ${row.timeZone ?? timeZone}`);
    this.rows = rows;
    this.places = [...groups].map(([name, together]) => new ReadyPlace(writing, name, together));
  }
}

/** The people of one place on a page, and their texts on demand. */
export class ReadyPlace {
  readonly name: string;
  readonly rows: readonly ReadyRow[];
  readonly territory: string;
  readonly timeZone: string;
  readonly #writing: ComposingTerms;
  #prepared: Promise<readonly Prepared[]> | undefined;

  constructor(writing: ComposingTerms, name: string, rows: readonly ReadyRow[]) {
    this.name = name;
    this.rows = rows;
    this.territory = rows[0]?.territory ?? writing.run.territory;
    this.timeZone = rows[0]?.timeZone ?? writing.run.timeZone;
    this.#writing = writing;
  }

  /** Returns their texts, made once; fewer than rows where a person's data are unreadable. */
  prepared(): Promise<readonly Prepared[]> {
    this.#prepared ??= this.#write();
    return this.#prepared;
  }

  async #write(): Promise<readonly Prepared[]> {
    const { composer, keys } = this.#writing;
    const written = composer.composeAll
      ? await composer.composeAll(this.rows)
      : this.rows.map((row) => writtenBy(composer, keys, row));
    return this.rows.flatMap((row, turn) => {
      const { composed, digest = '' } = written[turn] ?? {};
      return composed === undefined ? [] : [{ row, composed, digest: Buffer.from(digest, 'hex') }];
    });
  }
}

/** The inputs for a tenant's opt-out links. */
export interface LinkMaking {
  /** Base URL of the links. */
  readonly base: string;
  readonly key: VersionedKey;
  /** The calendar year (UTC) of the links. */
  readonly year: number;
}

/** Returns a maker of one tenant's opt-out links: they are computed, so that a link needs neither a query nor a row. */
export function linksBy({ base, key, year }: LinkMaking): (about: Omit<OptOutLink, 'year'>) => string {
  const tokens = new OptOutTokens(key.key);
  return (about) => linkAddress(base, tokens.tokenOf({ ...about, year }));
}

/** A campaign's data for another thread: values alone. */
export interface ComposedCampaign {
  readonly keys: ComposingKeys;
  readonly text: Omit<CampaignText, 'stopLinkOf' | 'insteadOf'>;
  readonly links: (LinkMaking & { readonly purpose: ConsentPurpose }) | undefined;
}

/** The people of one place to compose for, in a form that passes to another thread. */
export interface ComposingOrder {
  readonly campaign: ComposedCampaign;
  readonly territory: string;
  readonly timeZone: string;
  /** One a line, since one text passes to another thread faster than many. */
  readonly contactIds: string;
  /** For each person, wrapped key and sealed data; with their end offsets. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

export const composerOf = (keys: TenantKeys, { text, links }: Pick<ComposedCampaign, 'text' | 'links'>) => {
  const linkOf = links && linksBy(links);
  return composerOfCampaign(keys, {
    ...text,
    stopLinkOf: linkOf && ((contactId) => linkOf({ contactId, purpose: links.purpose })),
  });
};

/** Opens and composes for all people of an order, in turn; null where a person's data are unreadable. */
export function composePeople({ campaign, ...order }: ComposingOrder): readonly (WrittenMessage | null)[] {
  const keys = new TenantKeys(campaign.keys.tenantId, campaign.keys.keys);
  const composer = composerOf(keys, campaign);
  const bytes = Buffer.from(order.bytes.buffer);
  const pieceAt = (turn: number): Buffer => bytes.subarray(order.ends[turn - 1] ?? 0, order.ends[turn]);
  const { territory, timeZone } = order;
  return order.contactIds.split('\n').map((contactId, turn) => {
    const [wrapped, sealed] = [pieceAt(2 * turn), pieceAt(2 * turn + 1)];
    const row: ReadyRow = { seq: turn, contactId, territory, timeZone, wrapped, sealed, numberVersion: null };
    return writtenBy(composer, keys, row) ?? null;
  });
}

/** The data shared by every text of a campaign. */
export interface CampaignText {
  readonly text: string;
  readonly purpose: Purpose;
  readonly sender: string;
  readonly brand: string;
  readonly sector: string;
  readonly language: Language;
  readonly maxParts: number;
  readonly means: OptOutMeans;
  /** The facts a notice gives about its practice. */
  readonly said?: Readonly<Record<string, string | undefined>> | undefined;
  /** Returns each person's own link; absent without an address for links. */
  readonly stopLinkOf?: ((contactId: string) => string) | undefined;
  /** Replaces each personal word; the word itself when absent. */
  readonly insteadOf?: ((word: string) => string) | undefined;
}

/** A person as their data were sealed: one known by number alone may have no attributes. */
type Addressee = Omit<Person, 'attributes'> & Partial<Pick<Person, 'attributes'>>;

class NumberMissing extends NotComposable {
  override readonly name = 'NumberMissing';
}

/** Makes the final text for each person of a campaign. */
export function composerOfCampaign(keys: TenantKeys, campaign: CampaignText): Composer {
  const templates = new Map<string, Template | undefined>();
  return {
    compose(row) {
      const person = openedPerson(keys, row);
      if (person === undefined) return { kind: 'excluded', because: 'ERASED' };
      const names = Object.keys(person.attributes ?? {}).toSorted();
      const known = names.join();
      if (!templates.has(known)) templates.set(known, templateFor(campaign, names));
      return composedFor(campaign, templates.get(known), { row, person });
    },
  };
}

/**
 * Returns the number that a message was marked for, in E.164; empty where today's data no longer show it. An answer
 * keeps its own; a person who ever changed their number may have had another.
 */
export function numberAtMark(
  keys: TenantKeys,
  row: Sealed & { readonly hasMoved: boolean },
  written: { readonly to: string } | undefined,
): string {
  if (row.contactId === null) return written?.to ?? '';
  return row.hasMoved ? '' : (ifComposable(() => openedPerson(keys, row))?.phone ?? '');
}

type Sealed = Pick<ReadyRow, 'contactId' | 'sealed' | 'wrapped'>;

function openedPerson(keys: TenantKeys, row: Sealed): Addressee | undefined {
  if (row.contactId === null || row.wrapped === null || row.sealed === null) return undefined;
  // What was encrypted is a person; the number, which every message needs, is checked.
  const person = keys.openPerson(row.contactId, { wrapped: row.wrapped, sealed: row.sealed }) as Addressee;
  if (typeof person.phone !== 'string') throw new NumberMissing();
  return person;
}

/**
 * Parses the text for people with these attributes. Names that nobody else has are variables too: who lacks them
 * gets the alternative.
 */
function templateFor(campaign: CampaignText, attributes: readonly string[]): Template | undefined {
  const written = withStop(campaign.text);
  const named = [...written.matchAll(/\{([A-Za-z]\w*)/g)].flatMap(([, name]) => name ?? []);
  const vocabulary = vocabularyOf(campaign.purpose, {
    sector: campaign.sector,
    attributes: [...attributes, ...named],
  });
  const parsed = parseTemplate(written, vocabulary);
  return parsed.kind === 'template' ? parsed : undefined;
}

function composedFor(
  campaign: CampaignText,
  template: Template | undefined,
  { row, person }: { readonly row: ReadyRow; readonly person: Addressee },
): Composed {
  const place = localityNamed(row.territory ?? '', row.timeZone ?? '');
  if (template === undefined || place === undefined)
    return { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
  const optOut = optOutOf(campaign, template, { row, territory: place.territory });
  if (optOut === undefined) return { kind: 'excluded', because: 'CONTENT_REFUSED' };
  const { firstName, lastName, attributes = {} } = person;
  const rendered = render(template, {
    ...written({ ...attributes, firstName, lastName }, campaign.insteadOf),
    brand: campaign.brand,
    ...campaign.said,
    ...optOut,
  });
  if (rendered.kind !== 'text') return { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
  const { parts, encoding } = measure(rendered.text);
  if (parts > campaign.maxParts) return { kind: 'excluded', because: 'TOO_MANY_PARTS' };
  return { kind: 'text', to: person.phone, sender: campaign.sender, text: rendered.text, parts, encoding };
}

/** Returns the mention and the link of one person; undefined when the text would offer no opt-out. */
function optOutOf(
  { purpose, language, means, stopLinkOf }: CampaignText,
  template: Template,
  { row, territory }: { readonly row: ReadyRow; readonly territory: Territory },
) {
  const stopLink = row.contactId === null ? undefined : stopLinkOf?.(row.contactId);
  const mention = stopMention({ stopLink, purpose, language, territory, means });
  const leadsNowhere = stopLink === undefined && template.variables.includes('stopLink');
  if (mention.kind === 'impossible' || leadsNowhere) return undefined;
  return { stop: mention.kind === 'mention' ? mention.text : '', stopLink };
}

const written = (
  words: Readonly<Record<string, unknown>>,
  insteadOf: (word: string) => string = (word) => word,
): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(words).map(([name, word]) => [
      name,
      typeof word === 'string' || typeof word === 'number' ? insteadOf(String(word)) : undefined,
    ]),
  );
