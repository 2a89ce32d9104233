import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { html, ROLES_OFFERED } from '../../base/index.ts';
import { bilingual, roleName, wordsIn, type Words } from '../../words/index.ts';
import { AuditEntryShown } from '../api/company/audit.ts';
import { ListedKey, MadeKey } from '../api/company/keys.ts';
import { listOf } from '../server/schema.ts';
import { actForm, choice, field, momentIn, momentText, onward, optionsOf, tableOf } from './page-parts.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

/** The pages of the company's keys, and of the audit. */
export const keyPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/keys', work: list },
  { method: 'post', path: '/keys', work: making },
  { method: 'post', path: '/keys/:id/revocation', from: '/keys', work: revoking },
  { method: 'get', path: '/audit', work: audit },
];

const A_HUNDRED = { query: { limit: '100' } };

async function list(visit: Visit): Promise<void> {
  const { items, next } = await visit.list('GET /v1/keys', ListedKey, A_HUNDRED);
  const { language } = visit;
  const words = wordsIn(language).companyPages.keys;
  const { colon } = wordsIn(language).punctuation;
  const rows = items.map(({ id, name, role, source, createdAt, lastUsedAt, revokedAt }) => [
    name,
    roleName(role, language),
    source,
    momentIn(createdAt, visit),
    momentIn(lastUsedAt, visit),
    revokedAt === null
      ? actForm({ action: `/keys/${id}/revocation`, label: words.revoke, about: name })
      : momentIn(revokedAt, visit),
  ]);
  const columns = [words.name, words.role, words.source, words.created, words.used, words.revoked];
  const roles = optionsOf(ROLES_OFFERED, (role) => `${roleName(role, language)}${colon}${words[role]}`);
  visit.show({
    title: words.title,
    main: html`<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/keys', next, language)}
<h2>${words.made}</h2>
<form method="post" action="/console/keys" class="fields">
${field({ name: 'name', label: words.name })}
${choice('role', words.role, roles)}
${field({ name: 'source', label: words.source, hint: words.sourceHint, optional: true })}
<p><button class="main">${words.make}</button></p></form>`,
  });
}

/** Makes a key and shows it once, in the answer itself, so that no address leads to a key. */
async function making(visit: Visit): Promise<void> {
  // Here a key needs a name, which the API does not require.
  const body = { role: visit.field('role'), name: visit.field('name') ?? '', ...visit.fieldsOf('source') };
  const { key, role } = await visit.ask('POST /v1/keys', MadeKey, { body });
  const words = wordsIn(visit.language).companyPages.keys;
  const page = {
    title: words.made,
    main: html`<p class="note" role="status">${words.once}</p>
<p class="secret"><code>${key}</code> <span class="faint">${roleName(role, visit.language)}</span></p>
<p class="acts"><a class="button" href="/console/keys">${words.back}</a></p>`,
  };
  visit.show(page, 201);
}

/** Keys that are read for their names. */
const MOST_KEYS = '500';

async function revoking(visit: Visit): Promise<void> {
  const id = visit.param('id');
  await visit.orderOnceSure('DELETE /v1/keys/{id}', { params: { id }, back: '/keys' }, async () => {
    const { items } = await visit.ask('GET /v1/keys', listOf(ListedKey), { query: { limit: MOST_KEYS } });
    const key = items.find((one) => one.id === id);
    if (key === undefined) throw new Refusal('NOT_FOUND');
    const { name, lastUsedAt } = key;
    const admins = items.filter(({ role, revokedAt }) => role === 'admin' && revokedAt === null);
    const words = wordsIn(visit.language).sure.key;
    return {
      title: words.title({ name }),
      lines: [
        words.effect,
        ...(lastUsedAt === null ? [] : [words.lastUsed({ lastUsed: momentText(lastUsedAt, visit) })]),
        ...(visit.caller.keyId === id ? [words.isOwn] : []),
        ...(key.role === 'admin' && admins.length === 1 ? [words.isLastAdmin] : []),
      ],
      label: words.label,
    };
  });
}

const Named = listOf(z.looseObject({ id: z.string(), name: z.string() }));

const NOBODYS: Readonly<Record<string, Words>> = bilingual.consolePages.actors;

/** Returns a function that names an actor of the audit: a key by its name, for readers who may see it. */
export async function actorsOf(visit: Visit): Promise<(actor: string) => string> {
  const keys = visit.may('GET /v1/keys')
    ? (await visit.ask('GET /v1/keys', Named, { query: { limit: MOST_KEYS } })).items
    : [];
  const names = new Map(keys.map(({ id, name }) => [`key:${id}`, name]));
  return (actor) => names.get(actor) ?? NOBODYS[actor]?.[visit.language] ?? actor;
}

async function audit(visit: Visit): Promise<void> {
  const { items, next } = await visit.list('GET /v1/audit', AuditEntryShown, A_HUNDRED);
  const words = wordsIn(visit.language).peoplePages.records;
  let verified = html`<p class="acts"><a class="button" href="/console/audit?verify=1">${words.verify}</a></p>`;
  if (visit.query('verify') !== undefined) {
    const { holds } = await visit.ask('GET /v1/audit/verification', z.looseObject({ holds: z.boolean() }));
    verified = html`<p class="${holds ? 'note' : 'alert'}" role="status">${holds ? words.holds : words.broken}</p>`;
  }
  const nameOf = await actorsOf(visit);
  const rows = items.map(({ at, actor, action, subject }) => [
    momentIn(at, visit),
    nameOf(actor),
    action,
    subject ?? '–',
  ]);
  const columns = [words.at, words.actor, words.action, words.subject];
  visit.show({
    title: words.audit,
    main: html`${verified}
${tableOf({ caption: words.audit, columns, rows, empty: words.none })}
${onward('/audit', next, visit.language)}`,
  });
}
