import { type VersionedKey, TenantKeys, type ComposingKeys } from '../../crypto/index.ts';
import { linkAddress, OptOutTokens, type OptOutLink } from '../../people/opt-out/link/index.ts';
import type { ConsentPurpose, Person } from '../../people/index.ts';
import {
  ifComposable,
  NotComposable,
  writtenBy,
  type WrittenMessage,
  type Composed,
  type Composer,
} from './composing-text.ts';
import type { ReadyRow } from '../batch/page.repository.ts';
import { type Purpose, localityNamed, type Territory } from '../../rule/index.ts';
import {
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

/** The inputs for a tenant's opt-out links. */
export interface LinkMaking {
  /** Base URL of the links. */
  readonly base: string;
  readonly key: VersionedKey;
  /** The calendar year (UTC) of the links. */
  readonly year: number;
}

/** Makes links of one tenant for people and purposes, without a query or a row for each. */
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

/** People of one place to compose for. */
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

/** Returns a campaign's composer, for either thread. */
export const composerOf = (keys: TenantKeys, { text, links }: Pick<ComposedCampaign, 'text' | 'links'>) => {
  const linkOf = links && linksBy(links);
  return composerOfCampaign(keys, {
    ...text,
    stopLinkOf: linkOf && ((contactId) => linkOf({ contactId, purpose: links.purpose })),
  });
};

/** Opens and composes all of them, in order; null where a person's data are unreadable. */
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

/** A person known by a number alone may have no attributes. */
type Addressee = Omit<Person, 'attributes'> & Partial<Pick<Person, 'attributes'>>;

/** Thrown for a sealed person without a number. */
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
      return composed(campaign, templates.get(known), { row, person });
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

/** Attributes without a value for anybody else are still variables: people who lack them take the alternative. */
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

function composed(
  campaign: CampaignText,
  template: Template | undefined,
  { row, person }: { readonly row: ReadyRow; readonly person: Addressee },
): Composed {
  const place = localityNamed(row.territory ?? '', row.timeZone ?? '');
  if (template === undefined || place === undefined)
    return { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
  const way = wayOut(campaign, template, { row, territory: place.territory });
  if (way === undefined) return { kind: 'excluded', because: 'CONTENT_REFUSED' };
  const { firstName, lastName, attributes = {} } = person;
  const rendered = render(template, {
    ...written({ ...textual(attributes), firstName, lastName }, campaign.insteadOf),
    brand: campaign.brand,
    ...campaign.said,
    ...way,
  });
  if (rendered.kind !== 'text') return { kind: 'excluded', because: 'TEXT_CANNOT_RENDER' };
  const { parts, encoding } = measure(rendered.text);
  if (parts > campaign.maxParts) return { kind: 'excluded', because: 'TOO_MANY_PARTS' };
  return { kind: 'text', to: person.phone, sender: campaign.sender, text: rendered.text, parts, encoding };
}

/** Returns the mention and the link of one person; undefined when the text would offer no opt-out. */
function wayOut(
  { purpose, language, means, stopLinkOf }: CampaignText,
  template: Template,
  { row, territory }: { readonly row: ReadyRow; readonly territory: Territory },
): { readonly stop: string; readonly stopLink: string | undefined } | undefined {
  const stopLink = row.contactId === null ? undefined : stopLinkOf?.(row.contactId);
  const mention = stopMention({ stopLink, purpose, language, territory, means });
  const leadsNowhere = stopLink === undefined && template.variables.includes('stopLink');
  if (mention.kind === 'impossible' || leadsNowhere) return undefined;
  return { stop: mention.kind === 'mention' ? mention.text : '', stopLink };
}

const written = (
  words: Readonly<Record<string, string | undefined>>,
  insteadOf: CampaignText['insteadOf'],
): Readonly<Record<string, string | undefined>> =>
  insteadOf === undefined
    ? words
    : Object.fromEntries(
        Object.entries(words).map(([name, word]) => [name, word === undefined ? word : insteadOf(word)]),
      );

const textual = (attributes: Person['attributes']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
    ]),
  );
