/** The facts of the readable page; the other files hold the same in full. */
export interface SummaryGiven {
  readonly madeAt: string;
  readonly controller: { readonly name: string; readonly legalName: string };
  readonly person: { readonly id: string; readonly phone: string | null };
  readonly events: readonly SummaryEvent[];
  readonly wordings: readonly { readonly id: string; readonly version: number; readonly text: string }[];
  readonly statements: readonly {
    readonly at: string;
    readonly act: string;
    readonly statement: Readonly<
      Partial<Record<'documentRef' | 'signedOn' | 'signedAs', string> & { affirms: readonly string[] }>
    >;
  }[];
  readonly suppressions: readonly {
    readonly scope: string;
    readonly since: string;
    readonly source: string;
    readonly liftedAt: string | null;
  }[];
  readonly messages: readonly SummaryMessage[];
  readonly proofs: readonly { readonly eventId: string; readonly proof: string }[];
  readonly tree: { readonly anchors: readonly { readonly position: number; readonly stampedAt: string }[] };
}

interface SummaryEvent {
  readonly id: string;
  readonly position: number | null;
  readonly kind: string;
  readonly purpose: string;
  readonly basis: string;
  readonly method: string | null;
  readonly channel: string | null;
  readonly proof: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly wordingId: string | null;
}

interface SummaryMessage {
  readonly id: string;
  readonly state: string;
  readonly purpose: string;
  readonly timeline: readonly { readonly at: string; readonly event: string }[];
  readonly decision: { readonly verdict: string; readonly profile: string } | null;
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const text = (value: string | number | null): string =>
  String(value ?? '–').replaceAll(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign);

type Cell = string | number | null;

function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '<p>– rien / none –</p>';
  const head = headings.map((heading) => `<th scope="col">${text(heading)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
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

/** Held: the event has all that its method requires; attested: it names the caller's record. */
const PROOFS: Readonly<Record<string, string>> = {
  held: 'détenue / held',
  attested: 'attestée / attested',
  none: 'aucune / none',
};

const acts = ({ events }: SummaryGiven): string =>
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

const wordings = (given: SummaryGiven): string =>
  table(
    ['Texte / Wording', 'Version', 'Ce que la personne a lu / What the person read'],
    given.wordings.map(({ id, version, text: words }) => [id, version, words]),
  );

/** Empty where nobody got advertising as a customer. */
function statements(given: SummaryGiven): string {
  if (given.statements.length === 0) return '';
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
  return `<h2>Clients démarchés sans accord préalable <span lang="en">/ Customers</span></h2>\n${table(headings, rows)}\n`;
}

const suppressions = (given: SummaryGiven): string =>
  table(
    ['Portée / Scope', 'Depuis / Since', 'Source', 'Levée / Lifted'],
    given.suppressions.map(({ scope, since, source, liftedAt }) => [scope, since, source, liftedAt]),
  );

const messages = (given: SummaryGiven): string =>
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

const proofs = (given: SummaryGiven): string =>
  table(
    ['Acte / Act', 'Preuve, mot pour mot / Proof, word for word'],
    given.proofs.map(({ eventId, proof }) => [eventId, proof]),
  );

const anchors = ({ tree }: SummaryGiven): string =>
  tree.anchors.length === 0
    ? '<p><strong>Non ancré.</strong> Aucun horodatage extérieur ne couvre ces actes. / <strong>Not anchored.</strong></p>'
    : table(
        ['Maillons / Links', 'Horodaté (RFC 3161) / Time-stamped'],
        tree.anchors.map(({ position, stampedAt }) => [position, stampedAt]),
      );

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}th,td{border:1px solid #888;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eee}`;

/** Writes the readable page of an evidence file: French first, no script, nothing fetched. */
export function evidenceSummary(given: SummaryGiven): string {
  const { controller, person, madeAt } = given;
  return `<!doctype html>
<html lang="fr"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Preuves de consentement – ${text(controller.name)}</title><style>${STYLE}</style></head><body>
<h1>Preuves de consentement</h1>
<p>Responsable de traitement : <strong>${text(controller.legalName)}</strong>. Personne : ${text(person.phone)} (${text(person.id)}). Établi le ${text(madeAt)}.</p>
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
