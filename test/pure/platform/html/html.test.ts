import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributes,
  code,
  dataFor,
  html,
  type Html,
  inLines,
  joined,
  nothing,
  type Part,
} from '../../../../src/base/html.ts';

/** What a browser would read: a text without entities. */
const read = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** Texts of people who would like to write a page of ours. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"',
        "'",
        '>',
        '<',
        '&',
        '&lt;',
        '&#34;',
        ' onload=alert(1) ',
        '</td>',
        '-->',
        '`',
        '${x}',
        '\n',
        '\0',
        'é',
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);

describe('a text in a page', () => {
  it.each([
    ['<b>Léa & "Zoé"</b>', '&lt;b&gt;Léa &amp; &quot;Zoé&quot;&lt;/b&gt;'],
    ["l'été", 'l&#39;été'],
    ['&amp;', '&amp;amp;'],
    ['', ''],
  ])('is told as it was given: %s', (text, written) => {
    expect(html`<td>${text}</td>`.source).toBe(`<td>${written}</td>`);
    expect(html`<input value="${text}">`.source).toBe(`<input value="${written}">`);
  });

  it('opens and closes no tag, whoever wrote it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const cell = html`<td>${text}</td>`.source.slice('<td>'.length, -'</td>'.length);
        expect(cell).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(read(cell)).toBe(text);
      }),
    );
  });

  it('ends no attribute, whoever wrote it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const value = /^<p title="([^"]*)" class="(.*)">$/s;
        for (const page of [
          html`<p title="${text}" class="${text}">`,
          html`<p${attributes({ title: text, class: text })}>`,
        ]) {
          const [, title = '', name = ''] = value.exec(page.source) ?? [];
          expect([title, name].map(read)).toEqual([text, text]);
          expect(title + name).not.toMatch(/[<>"']/);
        }
      }),
    );
  });

  it('stays a text in a list, however deep', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(html`<p>${[one, [html`<br>`, [other]]]}</p>`.source).toBe(
          html`<p>${one}<br>${other}</p>`.source,
        );
      }),
    );
  });
});

describe('markup', () => {
  const item = (text: string): Html => html`<li>${text}</li>`;

  it('is put into markup as it is, once', () => {
    expect(html`<ul>${['a', '<'].map(item)}</ul>`.source).toBe('<ul><li>a</li><li>&lt;</li></ul>');
  });

  it('is joined by something, or on lines', () => {
    expect(joined(['a', item('b')], ' · ').source).toBe('a · <li>b</li>');
    expect(joined(['a', '<'], html`<br>`).source).toBe('a<br>&lt;');
    expect(joined([], ', ').source).toBe('');
    expect(inLines([item('a'), item('b')]).source).toBe('<li>a</li>\n<li>b</li>');
  });

  it('holds nothing for what is false or undefined', () => {
    const parts: readonly Part[] = [false, undefined, nothing, [], ''];
    expect(html`<p>${parts}${false}${undefined}</p>`.source).toBe('<p></p>');
    expect(html`<p title="${false}${undefined}">${0}</p>`.source).toBe('<p title="">0</p>');
  });

  it('is no text, nor the reverse', () => {
    // @ts-expect-error A title is a text.
    const title: string = item('a');
    // @ts-expect-error Nobody has markup but from here.
    const page: Html = '<li>a</li>';
    // @ts-expect-error Nor by the shape of it.
    const shaped: Html = { source: '<li>a</li>' };
    // @ts-expect-error The value of an attribute is a text.
    expect(() => attributes({ title: item('a') }).source).not.toThrow();
    // @ts-expect-error Attributes are no markup.
    const named: Html = attributes({ title: 'a' });
    // @ts-expect-error What is null or true is not told: somebody says what it means.
    expect(() => html`${null}`).toThrow(TypeError);
    expect([title, page, shaped, named]).toHaveLength(4);
  });
});

describe('what cannot be written safely', () => {
  const text = 'x';
  it.each<readonly [string, () => Html]>([
    ['a text as the name of a tag', () => html`<${text}>`],
    ['a text as an attribute', () => html`<p ${text}>`],
    ['a value without quotes', () => html`<p title=${text}>`],
    ['a value in single quotes', () => html`<p title='${text}'>`],
    ['a text in a comment', () => html`<!-- ${text} -->`],
    ['markup in an attribute', () => html`<p title="${html`<b>x</b>`}">`],
    ['markup in a tag', () => html`<p${html`<b>x</b>`}>`],
    ['a list in an attribute', () => html`<p class="${['a', 'b']}">`],
    ['attributes outside of a tag', () => html`<p>${attributes({ title: text })}</p>`],
    ['attributes in a value', () => html`<p title="${attributes({ title: text })}">`],
    ['a tag that stays open', () => html`<p title="${text}"`],
    ['a script', () => html`<script>${text}</script>`],
    ['a style', () => html`<STYLE>${text}</STYLE>`],
  ])('is refused: %s', (_, made) => {
    expect(made).toThrow(TypeError);
  });

  it.each(['onclick', 'a b', 'x"', 'A', ''])('is no name of an attribute: %j', (name) => {
    expect(() => attributes({ [name]: 'x' })).toThrow(TypeError);
  });
});

describe('attributes', () => {
  it('are quoted, or a name alone, or nothing', () => {
    const given = {
      id: 'a',
      'aria-label': '"',
      maxlength: 3,
      required: true,
      hidden: false,
      lang: undefined,
    };
    expect(html`<input${attributes(given)}>`.source).toBe(
      '<input id="a" aria-label="&quot;" maxlength="3" required>',
    );
    expect(html`<p${attributes({})}>`.source).toBe('<p>');
    expect(html`<p${false}>`.source).toBe('<p>');
  });
});

describe('code in a page', () => {
  it('is as it was written, under its nonce', () => {
    expect(code('style', { nonce: 'n"' }, 'p > a { content: "&" }').source).toBe(
      '<style nonce="n&quot;">p > a { content: "&" }</style>',
    );
  });

  it.each(['</script>', '</SCRIPT >', '</style>', '<!-- <script>'])('never ends early: %s', (end) => {
    expect(() => code('script', {}, `f("${end}")`)).toThrow(TypeError);
  });

  it('takes data that never ends the script', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.constant('</script><!--')), (text) => {
        const [, data = ''] =
          /^<script type="application\/json">([^<]*)<\/script>$/.exec(
            dataFor({ type: 'application/json' }, { text }).source,
          ) ?? [];
        expect(JSON.parse(data)).toEqual({ text });
      }),
    );
  });
});
