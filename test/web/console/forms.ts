import type { ConsoleServed } from './served.ts';

/** A form that a page bears, as a browser would send it. */
export interface FormFound {
  readonly method: 'get' | 'post';
  readonly to: string;
  /** Where its other buttons send it. */
  readonly others: readonly string[];
  readonly page: string;
  /** Who saw it. */
  readonly cookie: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly value: string;
    readonly isNeeded: boolean;
  }[];
  readonly hidden: readonly (readonly [string, string])[];
}

const attribute = (tag: string, name: string): string =>
  new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';

/** A page of the console, as it was answered. */
export interface PageMet {
  /** Under `/console`. */
  readonly path: string;
  readonly status: number;
  readonly html: string;
}

/** Whose walk it is, and where it begins. */
interface Walk {
  readonly cookie: string;
  readonly starts: readonly string[];
}

/** Every page that somebody meets who follows every link of the console from those pages on. */
export async function consolePages(
  { open }: Pick<ConsoleServed, 'open'>,
  { cookie, starts }: Walk,
): Promise<readonly PageMet[]> {
  const seen = new Set(starts);
  const met: PageMet[] = [];
  for (const path of seen) {
    const answer = await open(path, cookie);
    if (answer.headers.get('content-type')?.startsWith('text/html') !== true) continue;
    const html = await answer.text();
    met.push({ path, status: answer.status, html });
    for (const [, href = ''] of html.matchAll(/ href="\/console([^"#]*)/g))
      if (!/[?&](?:amp;)?lang=/.test(href) && seen.size < MOST_PAGES) seen.add(href.replaceAll('&amp;', '&'));
  }
  return met;
}

/** Every form that stands on one of them. */
export async function consoleForms(
  world: Pick<ConsoleServed, 'open'>,
  walk: Walk,
): Promise<readonly FormFound[]> {
  const pages = await consolePages(world, walk);
  return pages
    .filter(({ status }) => status === 200)
    .flatMap(({ path, html }) => formsIn(html, { page: path, cookie: walk.cookie }));
}

const MOST_PAGES = 300;

function formsIn(html: string, where: Pick<FormFound, 'page' | 'cookie'>): FormFound[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, tag = '', inner = '']) => {
    const to = attribute(tag, 'action');
    if (to === '/console/leave') return [];
    const controls = [...inner.matchAll(/<input\b[^>]*>|<(textarea|select)\b[^>]*>[\s\S]*?<\/\1>/g)].map(
      ([control = '', kind = 'input']) => ({ control, kind }),
    );
    const all = controls.map(({ control, kind }) => ({
      name: attribute(firstTag(control), 'name'),
      type: kind === 'input' ? attribute(firstTag(control), 'type') || 'text' : kind,
      value: kind === 'select' ? chosenIn(control) : attribute(control, 'value'),
      isNeeded: / required/.test(control.split('>')[0] ?? ''),
    }));
    return [
      {
        ...where,
        method: attribute(tag, 'method') === 'post' ? ('post' as const) : ('get' as const),
        to,
        others: [...inner.matchAll(/ formaction="([^"]*)"/g)].map(([, other = '']) => other),
        fields: all.filter(({ type }) => type !== 'hidden'),
        hidden: all.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value] as const),
      },
    ];
  });
}

const firstTag = (control: string): string => `${control.split('>')[0] ?? ''}>`;

const chosenIn = (select: string): string =>
  /<option value="([^"]*)" selected/.exec(select)?.[1] ?? /<option value="([^"]*)"/.exec(select)?.[1] ?? '';
