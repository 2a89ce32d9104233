import type { KeyObject } from 'node:crypto';
import type { Request } from 'express';
import {
  instant,
  type Clock,
  type Database,
  type Transaction,
  throughContention,
  type Vault,
  type TenantKeys,
} from '../../platform/index.ts';
import {
  isSlug,
  isInUse,
  ownerOfForm,
  readForm,
  wordingIdsOf,
  type Form,
  readWordings,
  type Wording,
} from '../../people/index.ts';
import { requestLanguage } from '../server/language.ts';
import { tenantOf, type Tenant } from '../../company/index.ts';
import type { Language } from '../../words/index.ts';

/** The dependencies of public forms. */
export interface PublicForms {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Without a slash at the end; a tenant may have its own. */
  readonly publicUrl: string;
  /** Id of the account that sends codes, in this instance. */
  readonly accountId: string;
  /** Proxies whose headers on a visitor's address are trusted. */
  readonly trustedProxies: readonly string[];
}

/** A form and its tenant, within a transaction of that tenant. */
export interface FormVisit {
  readonly tx: Transaction;
  readonly form: Form;
  readonly wordings: readonly Wording[];
  readonly tenant: Tenant;
  readonly keys: TenantKeys;
  /** Keys that sign a page's ticket: the first signs, the others did. */
  readonly ticketKeys: readonly [KeyObject, ...KeyObject[]];
  readonly formUrl: string;
}

/** An existing form, a closed one, or none. */
export type FormFound<T> =
  | { readonly kind: 'found'; readonly answer: T }
  | { readonly kind: 'gone' | 'closed' };

/** Finds the tenant of a slug, and works within that tenant alone. */
export function visitForm<T>(
  forms: PublicForms,
  { slug, version }: { readonly slug: string; readonly version?: number | undefined },
  work: (visit: FormVisit) => Promise<T>,
): Promise<FormFound<T>> {
  if (!isSlug(slug)) return Promise.resolve({ kind: 'gone' });
  const { database, vault, clock, publicUrl } = forms;
  const visited = async (outer: Transaction): Promise<FormFound<T>> => {
    const owner = await ownerOfForm(outer, slug);
    if (owner === undefined) return { kind: 'gone' };
    const [inForce, ...older] = await vault.instanceKeys(outer, 'forms', instant(clock.machine()).toISO());
    const tx = await outer.as(owner.tenantId);
    const form = await readForm(tx, owner.formId, version);
    const tenant = await tenantOf(tx);
    if (form === undefined || tenant === undefined) return { kind: 'gone' };
    const wordings = await readWordings(tx, wordingIdsOf(form.terms));
    const now = clock.now().toISO();
    if (form.closedAt !== null || !wordings.every((wording) => isInUse(wording, now)))
      return { kind: 'closed' };
    const formUrl = `${tenant.settings.publicUrl ?? publicUrl}/f/${slug}`;
    const keys = await vault.tenant(tx);
    const ticketKeys = [inForce.key, ...older.map(({ key }) => key)] as const;
    const answer = await work({ tx, form, wordings, tenant, keys, ticketKeys, formUrl });
    return { kind: 'found', answer };
  };
  return throughContention(() => database.outside(visited));
}

/** `?lang=` decides, else the browser, else the form. */
export function languageAsked(req: Request, locale = 'fr'): Language {
  const asked = req.query['lang'];
  if (asked === 'fr' || asked === 'en') return asked;
  return requestLanguage(req, locale);
}

/** Returns an address of the same form in the same language and frame. */
export function formAddressOf(
  req: Request,
  path: string,
  { language, more = {} }: { readonly language: Language; readonly more?: Readonly<Record<string, string>> },
): string {
  const query = new URLSearchParams({ lang: language, ...more });
  if (isEmbedded(req)) query.set('embed', '1');
  return `${path}?${query.toString()}`;
}

/** Returns one value of the query; empty when it is repeated, or no text. */
export function queried(req: Request, name: string): string {
  const value = req.query[name];
  return typeof value === 'string' ? value : '';
}

/** Says whether the page is requested inside another. */
export const isEmbedded = (req: Request): boolean => req.query['embed'] === '1';
