import { createHash, sign, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { zipSync } from 'fflate';
import { canonicalJson, code, html, type Html, inLines, nothing } from '../../base/index.ts';
import type { Anchor } from '../../people/index.ts';
import type { MessageView } from '../../sending/index.ts';
import type {
  ChainedEvent,
  readSaleStatements,
  readSuppressionsOf,
  readWordingsShown,
} from './evidence.repository.ts';

/** Writes a value as one line; equal values give equal lines. */
const lineOf = (value: unknown): string => `${canonicalJson(value)}\n`;

/** Builds a file with one canonical JSON value a line. */
export const linesFile = (name: string, values: readonly unknown[]): ZipMember => ({
  name,
  bytes: Buffer.from(values.map(lineOf).join('')),
});

/**
 * Builds a signed archive: the manifest names every file, the signature covers the manifest, and a copy of all files
 * shows where one of them was altered.
 */
export function evidenceArchive(
  files: readonly ZipMember[],
  given: {
    readonly tenant: unknown;
    readonly contact: unknown;
    /** ISO instant of the machine clock. */
    readonly madeAt: string;
    readonly events: readonly Pick<ChainedEvent, 'id' | 'position' | 'hash'>[];
  } & { readonly key: EvidenceKey },
): Buffer {
  const { key, ...shown } = given;
  const manifest = linesFile('manifest.json', [
    {
      format: 'bonheure-evidence/1',
      ...shown,
      files: files.map(({ name, bytes }) => ({
        name,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })),
    },
  ]);
  const signature = linesFile('signature.json', [
    {
      algorithm: 'Ed25519',
      key: key.public,
      signature: sign(null, manifest.bytes, key.sign).toString('hex'),
    },
  ]);
  const signed = [manifest, signature, ...files];
  return zipOf([...signed, copyOf(signed)]);
}

/** Joins all files into one, each behind a line with its name and length. */
function copyOf(members: readonly ZipMember[]): ZipMember {
  const parts = members.flatMap(({ name, bytes }) => [Buffer.from(`${name} ${bytes.length}\n`), bytes]);
  return { name: 'copy.bin', bytes: Buffer.concat(parts) };
}

/** One file of an archive. */
interface ZipMember {
  /** ASCII. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The time of every file, so that equal files give an equal archive; zip keeps local time. */
const DAY_ONE = new Date(1980, 0, 1);

/**
 * Builds the zip of some files, uncompressed, with the same bytes each time: the verifier builds it again from what it
 * read, and compares every byte.
 */
export const zipOf = (members: readonly ZipMember[]): Buffer =>
  Buffer.from(
    zipSync(Object.fromEntries(members.map(({ name, bytes }) => [name, bytes])), {
      level: 0,
      mtime: DAY_ONE,
    }),
  );

/** The bytes before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** The signing key of one tenant's evidence files. */
export interface EvidenceKey {
  readonly sign: KeyObject;
  /** The public key, in hexadecimal. */
  readonly public: string;
}

/**
 * Returns the key that the newest anchor names (`stamped`), else the one in force. A verifier accepts only a key that
 * an authority has stamped: a new key signs from the first anchor that names it on.
 */
export function stampedEvidenceKey(
  [inForce, ...older]: readonly [KeyObject, ...KeyObject[]],
  tenantId: string,
  stamped: string | undefined,
): EvidenceKey {
  const newest = evidenceKey(inForce, tenantId);
  if (stamped === undefined || stamped === newest.public) return newest;
  return older.map((secret) => evidenceKey(secret, tenantId)).find((key) => key.public === stamped) ?? newest;
}

/** Derives the evidence key of a tenant from a secret, always the same one. */
export function evidenceKey(secret: KeyObject, tenantId: string): EvidenceKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `evidence|${tenantId}`, KEY_BYTES));
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { sign: privateKey, public: spki.subarray(-KEY_BYTES).toString('hex') };
}

/** What the readable page shows; the other files have it in full. */
interface SummaryFacts {
  readonly madeAt: string;
  readonly controller: { readonly name: string; readonly legalName: string };
  readonly person: { readonly id: string; readonly phone: string | null };
  readonly events: readonly ChainedEvent[];
  readonly wordings: Awaited<ReturnType<typeof readWordingsShown>>;
  readonly statements: Awaited<ReturnType<typeof readSaleStatements>>;
  readonly suppressions: Awaited<ReturnType<typeof readSuppressionsOf>>;
  readonly messages: readonly Omit<MessageView, 'to'>[];
  readonly proofs: readonly { readonly eventId: string; readonly proof: string }[];
  readonly tree: { readonly anchors: readonly Pick<Anchor, 'position' | 'stampedAt'>[] };
}

function table(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): Html {
  if (rows.length === 0) return html`<p>– rien / none –</p>`;
  const head = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  const body = rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell ?? '–'}</td>`)}</tr>`);
  return html`<table><thead><tr>${head}</tr></thead><tbody>${inLines(body)}</tbody></table>`;
}

const KINDS: Readonly<Record<string, string>> = {
  pending: 'demande à confirmer',
  confirmed: 'numéro confirmé',
  granted: 'accord donné',
  refused: 'refus',
  withdrawn: 'accord retiré',
  objected: 'opposition',
  expired: 'accord expiré',
  reinstated: 'nouvel accord après opposition',
};

/** `held`: the proof has all that the method requires; `attested`: it refers to the caller's own record. */
const PROOFS: Readonly<Record<string, string>> = {
  held: 'détenue / held',
  attested: 'attestée / attested',
  none: 'aucune / none',
};

const acts = ({ events }: SummaryFacts): Html =>
  table(
    [
      'Maillon / Link',
      'Acte / Act',
      'Finalité / Purpose',
      'Base',
      'Moyen / Means',
      'Survenu / Happened',
      'Enregistré / Recorded',
      'Preuve / Proof',
      'Texte / Wording',
    ],
    events.map((event) => [
      event.position ?? 'en attente',
      `${KINDS[event.kind] ?? event.kind} (${event.kind})`,
      event.purpose,
      event.basis,
      event.method ?? event.channel,
      event.occurredAt,
      event.recordedAt,
      PROOFS[event.proof] ?? event.proof,
      event.wordingId,
    ]),
  );

const wordings = (given: SummaryFacts): Html =>
  table(
    ['Texte / Wording', 'Version', 'Ce que la personne a lu / What the person read'],
    given.wordings.map(({ id, version, text: words }) => [id, version, words]),
  );

/** Writes the controller's statements on advertising to customers; nothing when no event rests on that basis. */
function statements(given: SummaryFacts): Html {
  if (given.statements.length === 0) return nothing;
  const rows = given.statements.map(
    ({ at, act, statement: { documentRef, signedOn, signedAs, affirms } }) => [
      act === 'opened' ? 'ouverte / opened' : 'fermée / closed',
      at,
      documentRef ?? null,
      [signedOn, signedAs].filter((part) => part !== undefined).join(', '),
      affirms?.join(', ') ?? null,
    ],
  );
  const headings = ['Base', 'Le / On', 'Déclaration / Statement', 'Signée / Signed', 'Affirme / Affirms'];
  return html`<h2>Clients démarchés sans accord préalable <span lang="en">/ Customers</span></h2>\n${table(headings, rows)}\n`;
}

const suppressions = (given: SummaryFacts): Html =>
  table(
    ['Portée / Scope', 'Depuis / Since', 'Source', 'Levée / Lifted'],
    given.suppressions.map(({ scope, since, source, liftedAt }) => [scope, since, source, liftedAt]),
  );

const messages = (given: SummaryFacts): Html =>
  table(
    ['Message', 'Finalité / Purpose', 'État / State', 'Règles / Rules', 'Dernier fait / Last event'],
    given.messages.map(({ id, purpose, state, decision, timeline }) => [
      id,
      purpose,
      state,
      decision === null ? null : `${decision.verdict} (${decision.profile})`,
      timeline.at(-1)?.at ?? null,
    ]),
  );

const proofs = (given: SummaryFacts): Html =>
  table(
    ['Acte / Act', 'Preuve, mot pour mot / Proof, word for word'],
    given.proofs.map(({ eventId, proof }) => [eventId, proof]),
  );

const anchors = ({ tree }: SummaryFacts): Html =>
  tree.anchors.length === 0
    ? html`<p><strong>Non ancré.</strong> Aucun horodatage extérieur ne couvre ces actes. / <strong>Not anchored.</strong></p>`
    : table(
        ['Maillons / Links', 'Horodaté (RFC 3161) / Time-stamped'],
        tree.anchors.map(({ position, stampedAt }) => [position, stampedAt]),
      );

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}th,td{border:1px solid #888;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eee}`;

/** Writes the readable page of an evidence file: French first, without scripts or requests. */
export function evidenceSummary(given: SummaryFacts): Html {
  const { controller, person, madeAt } = given;
  return html`<!doctype html>
<html lang="fr"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Preuves de consentement – ${controller.name}</title>${code('style', {}, STYLE)}</head><body>
<h1>Preuves de consentement</h1>
<p>Responsable de traitement : <strong>${controller.legalName}</strong>. Personne : ${person.phone ?? '–'} (${person.id}). Établi le ${madeAt}.</p>
<p>Vérifier, hors ligne : <code>npx bonheure-verify FICHIER.zip</code>. Ce fichier montre ce qui a été affiché, fait et enregistré, et que rien n’en a été changé depuis. Il ne montre pas que l’accord était libre, ni que le titulaire du numéro est bien la personne, ni qu’un message a été lu.</p>
<p lang="en">To verify, offline: <code>npx bonheure-verify FILE.zip</code>. This file shows what was displayed, done and recorded, and that none of it was changed since. It does not show that the agreement was free, that the holder of the number is the person, or that a message was read.</p>
<h2>Actes <span lang="en">/ Acts</span></h2>
${acts(given)}
<h2>Textes montrés <span lang="en">/ Wordings shown</span></h2>
${wordings(given)}
<h2>Preuves conservées <span lang="en">/ Proofs kept</span></h2>
${proofs(given)}
${statements(given)}<h2>Oppositions et STOP <span lang="en">/ Suppressions</span></h2>
${suppressions(given)}
<h2>Messages</h2>
${messages(given)}
<h2>Horodatages extérieurs <span lang="en">/ Anchors</span></h2>
${anchors(given)}
</body></html>
`;
}
