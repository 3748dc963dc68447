/** A page of the little Markdown that our own texts use: `#` and `##` headings, and paragraphs with `code`. */
export function markdownPage(title: string, markdown: string): string {
  const blocks = markdown.trim().split(/\n\s*\n/);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8" /><title>${escapeHtml(title)}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
:target { background: #fff3c4; }</style></head>
<body>
${blocks.map(blockOf).join('\n')}
</body>
</html>
`;
}

function blockOf(block: string): string {
  const heading = /^(#{1,2}) (.*)$/.exec(block);
  if (!heading) return `<p>${inline(block)}</p>`;
  const [, marks = '', text = ''] = heading;
  const level = marks.length;
  return `<h${level} id="${escapeHtml(text)}">${inline(text)}</h${level}>`;
}

function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
