import type { Language } from '../law/rule.ts';
import { actForm, field, onward } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { momentIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';
import { roleName } from '../words/role.ts';

const WORDS = {
  fr: {
    title: 'Clés',
    lead: 'Une clé par personne et par outil : l’audit dit laquelle a fait quoi, et l’on en révoque une sans gêner les autres.',
    once: 'Voici la clé. Elle n’est montrée que cette fois : gardez-la maintenant.',
    made: 'Nouvelle clé',
    none: 'Aucune clé.',
    name: 'Nom',
    role: 'Rôle',
    source: 'Outil',
    sourceHint: 'Les références des réservations sont uniques par outil ; vide : default.',
    created: 'Faite',
    used: 'Dernier usage',
    revoked: 'Révoquée',
    revoke: 'Révoquer',
    make: 'Créer la clé',
    back: 'Toutes les clés',
    admin: 'tout',
    marketer: 'personnes et campagnes',
    scheduler: 'rendez-vous, contrats, échéances',
    operator: 'états, pause, reprise ; aucune donnée en clair',
    auditor: 'preuves, audit, rapports',
  },
  en: {
    title: 'Keys',
    lead: 'One key for each person and tool: the audit says which did what, and one is revoked without troubling the others.',
    once: 'Here is the key. It is shown this once: keep it now.',
    made: 'New key',
    none: 'No key.',
    name: 'Name',
    role: 'Role',
    source: 'Tool',
    sourceHint: 'References of bookings are unique within a tool; empty: default.',
    created: 'Made',
    used: 'Last used',
    revoked: 'Revoked',
    revoke: 'Revoke',
    make: 'Make the key',
    back: 'All keys',
    admin: 'everything',
    marketer: 'people and campaigns',
    scheduler: 'appointments, contracts, payments',
    operator: 'states, pause, resume; nothing in clear',
    auditor: 'evidence, audit, reports',
  },
} as const satisfies Record<Language, Record<string, string>>;

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
  const words = WORDS[language];
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
  const words = WORDS[language];
  const colon = language === 'fr' ? ' : ' : ': ';
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
  const words = WORDS[language];
  return {
    title: words.made,
    main: `<p class="note" role="status">${words.once}</p>
<p class="secret"><code>${escaped(key)}</code> <span class="faint">${escaped(roleName(role, language))}</span></p>
<p class="acts"><a class="button" href="/console/keys">${words.back}</a></p>`,
  };
}
