import type { VersionedKey } from '../../platform/crypto/cipher.ts';
import { TenantKeys, type ComposingKeys } from '../../platform/crypto/tenant-keys.ts';
import { linkAddress, OptOutTokens, type OptOutLink } from '../../people/opt-out/opt-out-link.ts';
import type { ConsentPurpose } from '../../people/consent/consent-event.ts';
import { composerOfCampaign, type CampaignText } from './compose-campaign.ts';
import type { WrittenMessage } from './prepared.ts';
import { writtenBy } from './written.ts';
import type { ReadyRow } from '../batch/page.repository.ts';

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
