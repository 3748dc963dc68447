/** A page of the little Markdown that our texts use: `#` and `##` headings, lists, tables, paragraphs with `code`. */
export function markdownPage(title: string, markdown: string): string {
  const blocks = markdown.trim().split(/\n\s*\n/);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8" /><title>${escapeHtml(title)}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }
:target { background: #fff3c4; } td, th { padding: 0.2em 1em 0.2em 0; text-align: left; }</style></head>
<body>
${blocks.map(blockOf).join('\n')}
</body>
</html>
`;
}

function blockOf(block: string): string {
  const lines = block.split('\n');
  if (lines.every(line => line.startsWith('- ') || line.startsWith('  '))) return listOf(block);
  if (lines.every(line => line.startsWith('|'))) return tableOf(lines);
  const heading = /^(#{1,2}) (.*)$/.exec(block);
  if (!heading) return `<p>${inline(block)}</p>`;
  const [, marks = '', text = ''] = heading;
  const level = marks.length;
  return `<h${level} id="${escapeHtml(text)}">${inline(text)}</h${level}>`;
}

/** A line that is indented goes on with the item before. */
function listOf(block: string): string {
  const items = block.replace(/^- /, '').split(/\n- /);
  return `<ul>${items.map(item => `<li>${inline(item)}</li>`).join('')}</ul>`;
}

/** The second line only says that the first is the heading. */
function tableOf([heading = '', , ...rows]: readonly string[]): string {
  const cellsOf = (line: string): string[] => line.replace(/^\||\|$/g, '').split('|');
  const rowOf = (line: string, tag: 'td' | 'th'): string =>
    `<tr>${cellsOf(line)
      .map(cell => `<${tag}>${inline(cell.trim())}</${tag}>`)
      .join('')}</tr>`;
  return `<table>${rowOf(heading, 'th')}${rows.map(row => rowOf(row, 'td')).join('')}</table>`;
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
