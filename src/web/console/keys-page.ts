import { actForm, field, onward } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { roleName, wordsIn, type Language } from '../../words/index.ts';

const ROLES = ['operator', 'scheduler', 'marketer', 'auditor', 'admin'] as const;

interface KeySeen {
  readonly id: string;
  readonly role: string;
  readonly name: string;
  readonly source: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

/** All keys by name, never themselves, and the form that makes one. */
export function keysPage(
  reading: Reading,
  given: { readonly items: readonly KeySeen[]; readonly next: string | null },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).companyPages.keys;
  const rows = given.items.map(({ id, name, role, source, createdAt, lastUsedAt, revokedAt }) => [
    escaped(name),
    escaped(roleName(role, language)),
    escaped(source),
    momentIn(createdAt, reading),
    momentIn(lastUsedAt, reading),
    revokedAt === null
      ? actForm({ action: `/keys/${id}/revocation`, label: words.revoke, about: name })
      : momentIn(revokedAt, reading),
  ]);
  const columns = [words.name, words.role, words.source, words.created, words.used, words.revoked].map(
    (head) => ({ head }),
  );
  return {
    title: words.title,
    main: `<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/keys', given.next, language)}
<h2>${words.made}</h2>
${making(language)}`,
  };
}

function making(language: Language): string {
  const words = wordsIn(language).companyPages.keys;
  const colon = wordsIn(language).punctuation.colon;
  const roles = ROLES.map(
    (role) =>
      `<option value="${role}">${escaped(`${roleName(role, language)}${colon}${words[role]}`)}</option>`,
  );
  return `<form method="post" action="/console/keys" class="fields">
${field({ name: 'name', label: words.name })}
<div><label for="role">${words.role}</label><select id="role" name="role">${roles.join('')}</select></div>
${field({ name: 'source', label: words.source, hint: words.sourceHint, optional: true })}
<p><button class="main">${words.make}</button></p></form>`;
}

/** A key, this once. */
export function madeKeyPage(
  language: Language,
  { key, role }: { readonly key: string; readonly role: string },
): ConsolePage {
  const words = wordsIn(language).companyPages.keys;
  return {
    title: words.made,
    main: `<p class="note" role="status">${words.once}</p>
<p class="secret"><code>${escaped(key)}</code> <span class="faint">${escaped(roleName(role, language))}</span></p>
<p class="acts"><a class="button" href="/console/keys">${words.back}</a></p>`,
  };
}
