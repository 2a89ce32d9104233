const ANYTHING = '…';

/** What a real answer lacks of the one that a document shows; `…` stands for anything. */
export function missing(shown: string, language: string, output: string): string[] {
  return language === 'json' ? missingValue(shown, lastLine(output)) : missingLines(shown, output);
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}

function missingValue(shown: string, answered: string): string[] {
  try {
    return differences(JSON.parse(shown), JSON.parse(answered), '');
  } catch {
    return [`no JSON was answered: ${answered}`];
  }
}

function differences(shown: unknown, real: unknown, at: string): string[] {
  if (Array.isArray(shown)) return ofLists(shown, real, at);
  if (shown !== null && typeof shown === 'object') return ofObjects(shown, real, at);
  const same = typeof shown === 'string' ? like(shown).test(String(real)) : shown === real;
  return same ? [] : [`${at}: ${JSON.stringify(shown)} is shown, ${JSON.stringify(real)} was answered`];
}

/** A list that ends with `…` may go on. */
function ofLists(shown: readonly unknown[], real: unknown, at: string): string[] {
  if (!Array.isArray(real)) return [`${at}: a list is shown, ${JSON.stringify(real)} was answered`];
  const open = shown.at(-1) === ANYTHING;
  const items = open ? shown.slice(0, -1) : shown;
  if (open ? real.length < items.length : real.length !== items.length)
    return [`${at}: ${items.length} are shown, ${real.length} were answered`];
  return items.flatMap((item, index) => differences(item, real[index], `${at}/${index}`));
}

/** What is shown of an object is a part of it. */
function ofObjects(shown: object, real: unknown, at: string): string[] {
  if (real === null || typeof real !== 'object')
    return [`${at}: an object is shown, ${JSON.stringify(real)} was answered`];
  const answered = new Map(Object.entries(real));
  return Object.entries(shown).flatMap(([name, value]) =>
    differences(value, answered.get(name), `${at}/${name}`),
  );
}

function missingLines(shown: string, output: string): string[] {
  const wanted = shown
    .trimEnd()
    .split('\n')
    .map((line) => (line.trim() === ANYTHING ? '[^]*' : like(line.trimEnd()).source.slice(1, -1)));
  const whole = new RegExp(`^${wanted.join('\\n')}$`);
  const real = output
    .trim()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  return whole.test(real) ? [] : [`this was answered instead:\n${real}`];
}

function like(text: string): RegExp {
  const parts = text.split(ANYTHING).map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`);
}
