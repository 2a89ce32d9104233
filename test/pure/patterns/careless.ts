/** Readers whose work is the square of their text, each in a way of its own: what has to be noticed. */
export const CARELESS: Readonly<Record<string, (text: string) => unknown>> = {
  'a pattern begun anew at each place': (text) => {
    let met = 0;
    for (let at = 0; at < text.length; at += 1) if (/[xy]$/.test(text.slice(at))) met += 1;
    return met;
  },
  'a search from each place of one text among many': (text) =>
    text.startsWith('((a') && Array.from({ length: text.length }, (_, at) => text.indexOf('x', at)),
  'a loop within a loop of one text among many': (text) => {
    let met = 0;
    if (!text.startsWith('((a')) return met;
    for (let at = 0; at < text.length; at += 1)
      for (let other = at; other < text.length; other += 1)
        if (text.charCodeAt(at) === text.charCodeAt(other)) met += 1;
    return met;
  },
};
