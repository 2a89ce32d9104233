import { escaped } from '../../platform/index.ts';

export type Typed = Readonly<Record<string, string>>;

/** A form on a page: its position, and the fields that somebody fills in there. */
export interface FormOnPage {
  readonly start: number;
  readonly html: string;
  readonly names: readonly string[];
}

/** Texts and values are escaped, so that no tag sign is inside one. */
const CONTROL =
  /<input\b[^<>]*>|<textarea\b[^<>]*>[^<]*<\/textarea>|<select\b[^<>]*>(?:[^<]*<\/?opt(?:ion|group)\b[^<>]*>)*[^<]*<\/select>/g;
/** The fields that nobody fills in, and that a page never gives back. */
const UNSEEN: ReadonlySet<string> = new Set(['hidden', 'submit']);
const NEVER_ECHOED: ReadonlySet<string> = new Set(['hidden', 'password', 'file', 'submit']);

/** Finds a page's form with that address; of several the one with the submitted values. */
export function formSentTo(
  page: string,
  { to, typed }: { readonly to: string; readonly typed: Typed },
): FormOnPage | undefined {
  const action = `action="${escaped(to)}"`;
  const found = formsOf(page).filter(({ html }) => html.includes(action));
  const nearest = found.toSorted((one, other) => apart(one.html, typed) - apart(other.html, typed))[0];
  if (nearest === undefined) return undefined;
  const names = controlsOf(nearest.html).filter((control) => !UNSEEN.has(typeOf(control)));
  return { ...nearest, names: names.map((control) => valueOf(control, 'name')) };
}

const FORM = { opens: '<form', closes: '</form>' } as const;

function formsOf(page: string): readonly Pick<FormOnPage, 'start' | 'html'>[] {
  const found: Pick<FormOnPage, 'start' | 'html'>[] = [];
  let start = page.indexOf(FORM.opens);
  while (start !== -1) {
    const closing = page.indexOf(FORM.closes, start);
    if (closing === -1) return found;
    const end = closing + FORM.closes.length;
    found.push({ start, html: page.slice(start, end) });
    start = page.indexOf(FORM.opens, end);
  }
  return found;
}

/** Counts the hidden fields with another value. */
const apart = (form: string, typed: Typed): number =>
  controlsOf(form).filter(
    (control) =>
      typeOf(control) === 'hidden' &&
      valueOf(control, 'value') !== escaped(typed[valueOf(control, 'name')] ?? ''),
  ).length;

const controlsOf = (form: string): string[] => [...form.matchAll(CONTROL)].map(([control]) => control);

/** Returns the page with that form as typed, and the faults at its fields; it opens at the first of them. */
export function withFormAgain(
  page: string,
  form: FormOnPage,
  { typed, errors }: { readonly typed: Typed; readonly errors: Typed },
): string {
  const first = form.names.find((name) => errors[name] !== undefined);
  const again = form.html.replaceAll(CONTROL, (control) => {
    const name = valueOf(control, 'name');
    const filled = filledIn(control, typed[name] ?? (typeOf(control) === 'checkbox' ? '' : undefined));
    const error = UNSEEN.has(typeOf(control)) ? undefined : errors[name];
    return error === undefined ? filled : pointedOut(filled, { name, error, isFirst: name === first });
  });
  const [before, after] = [page.slice(0, form.start), page.slice(form.start + form.html.length)];
  return `${opened(before)}${again}${after}`;
}

/** Opens a form that was folded. */
function opened(before: string): string {
  const at = before.lastIndexOf('<details');
  if (at <= before.lastIndexOf('</details>')) return before;
  return `${before.slice(0, at)}<details open${before.slice(at + '<details'.length)}`;
}

function filledIn(control: string, value: string | undefined): string {
  if (value === undefined || NEVER_ECHOED.has(typeOf(control))) return control;
  // A page holds no sign that no page may hold.
  const text = escaped(value.replaceAll('\0', ''));
  if (control.startsWith('<textarea'))
    return `${control.slice(0, control.indexOf('>'))}>\n${text}</textarea>`;
  if (control.startsWith('<select')) return chosen(control, text);
  if (typeOf(control) === 'checkbox') {
    const bare = control.replace(' checked', '');
    return valueOf(control, 'value') === text ? bare.replace(/>$/, ' checked>') : bare;
  }
  const bare = control.replace(/ value="[^"]*"/, '');
  return bare.replace(/>$/, () => ` value="${text}">`);
}

/** A value outside the choices cannot be selected. */
function chosen(control: string, text: string): string {
  const option = `<option value="${text}"`;
  if (!control.includes(option)) return control;
  return control
    .replaceAll(/(<option\b[^<>]*) selected/g, '$1')
    .replace(option, () => `<option value="${text}" selected`);
}

function pointedOut(
  control: string,
  { name, error, isFirst }: { readonly name: string; readonly error: string; readonly isFirst: boolean },
): string {
  const id = `${name}-error`;
  const hint = valueOf(control, 'aria-describedby');
  const said = ` aria-invalid="true" aria-describedby="${id}${hint === '' ? '' : ` ${hint}`}"${isFirst ? ' autofocus' : ''}>`;
  const bare = control.replace(/ aria-describedby="[^"]*"/, '');
  return `${bare.replace('>', () => said)}<span class="warned" id="${id}">${escaped(error)}</span>`;
}

const typeOf = (control: string): string => valueOf(control, 'type');

/** Returns the value of an attribute of its first tag, as written there. */
function valueOf(control: string, attribute: string): string {
  const tag = control.slice(0, control.indexOf('>'));
  return tag.split(` ${attribute}="`)[1]?.split('"')[0] ?? '';
}
