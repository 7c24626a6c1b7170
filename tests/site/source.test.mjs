// How the documentation site is made: links of documents, navigation, generated references, and the check of the
// result. pages.test.mjs tests the built site in a browser.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { checkSite } from '../../site/lib/check.mjs';
import { listDocuments, routeOf } from '../../site/lib/documents.mjs';
import { elementReference } from '../../site/lib/element.mjs';
import { endpointReference } from '../../site/lib/endpoints.mjs';
import { llmsFull, llmsIndex } from '../../site/lib/llms.mjs';
import { Links, toPage } from '../../site/lib/markdown.mjs';
import { navigate } from '../../site/lib/navigation.mjs';
import { readSteps } from '../matrix/support/quick-start.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const generated = ['reference/element.md', 'reference/endpoints.md'];
const links = () =>
  new Links({ documents: [...listDocuments(), ...generated], base: '/base/', repository: 'https://git.example/x' });

describe('a document', () => {
  test('has its own place', () => {
    assert.equal(routeOf('docs/relay/README.md'), 'relay');
    assert.equal(routeOf('docs/embedding.md'), 'embedding');
    assert.equal(routeOf('docs/README.md'), 'documents');
    assert.equal(routeOf('CHANGELOG.md'), 'changelog');
    const routes = listDocuments().map(routeOf);
    assert.equal(new Set(routes).size, routes.length);
  });

  test('links to pages, to files of docs/ and to the repository', () => {
    const to = (target) => links().resolve('docs/relay/concepts.md', target);
    assert.equal(to('../embedding.md#sessions'), '/base/embedding/#sessions');
    assert.equal(to('README.md'), '/base/relay/');
    assert.equal(to('../../examples/backend'), '/base/examples/backend/');
    assert.equal(to('../openapi.json'), '/base/openapi.json');
    assert.equal(to('../../www/custom-elements.json'), 'https://git.example/x/blob/main/www/custom-elements.json');
    assert.equal(to('../../deploy'), 'https://git.example/x/tree/main/deploy');
    assert.equal(to('https://other.example/a'), 'https://other.example/a');
    assert.equal(to('#here'), '#here');
    assert.throws(() => to('../missing.md'), /docs\/relay\/concepts\.md: \.\.\/missing\.md does not exist/);
  });

  test('keeps its code as it is', () => {
    const text = '`[a](b.md)` [c](errors.md)\n\n```md\n[d](e.md)\n```\n\n<img src="pictures/hint.jpg">';
    assert.equal(
      links().rewrite('docs/embedding.md', text),
      '`[a](b.md)` [c](/base/errors/)\n\n```md\n[d](e.md)\n```\n\n<img src="/base/pictures/hint.jpg">',
    );
  });

  test('is a page with a title and a summary', () => {
    const page = toPage(
      'docs/x.md',
      '# The `x`\n\n| a |\n| --- |\n\nFirst *sentence*, with [a link](errors.md). Second.\n',
      links(),
    );
    assert.equal(page.title, 'The x');
    assert.equal(page.description, 'First sentence, with a link. Second.');
    assert.throws(() => toPage('docs/x.md', 'No heading\n', links()), /the first line is not a heading/);
  });
});

describe('the navigation', () => {
  const page = (path, body = '') => ({ path, route: routeOf(path), title: path, description: '', body });
  const all = () => [...listDocuments(), ...generated].map((path) => page(path));

  test('has every document once', () => {
    const paths = navigate(all()).flatMap(({ pages }) => pages.map(({ path }) => path));
    assert.deepEqual([...paths].sort(), [...listDocuments(), ...generated].sort());
  });

  test('takes a new file of a folder, and a new document', () => {
    const groups = navigate([...all(), page('docs/migration/new.md'), page('docs/unexpected.md')]);
    const of = (name) => groups.find(({ label }) => label === name)?.pages.map(({ path }) => path) ?? [];
    assert.ok(of('Migration').includes('docs/migration/new.md'));
    assert.ok(of('More').includes('docs/unexpected.md'));
  });

  test('follows the README of a folder', () => {
    const index = page('docs/migration/README.md', '[z](/migration/z/) [a](/migration/a/)');
    const others = ['docs/migration/a.md', 'docs/migration/b.md', 'docs/migration/z.md'].map((path) => page(path));
    const rest = all().filter(({ path }) => !path.startsWith('docs/migration/'));
    const group = navigate([...rest, ...others, index]).find(({ label }) => label === 'Migration');
    assert.deepEqual(
      group.pages.map(({ route }) => route),
      ['migration', 'migration/z', 'migration/a', 'migration/b'],
    );
  });

  test('fails if a document is missing', () => {
    const without = all().filter(({ path }) => path !== 'docs/errors.md');
    assert.throws(() => navigate(without), /docs\/errors\.md/);
  });
});

test('every quick start has the steps that a test can follow, and is in the list', () => {
  const folder = 'docs/quick-start';
  const list = read(`${folder}/README.md`);
  const pages = listDocuments().filter((path) => path.startsWith(`${folder}/`) && !path.endsWith('/README.md'));
  assert.ok(pages.length >= 10);
  for (const path of pages) {
    assert.ok(list.includes(`](${path.slice(folder.length + 1)})`), path);
    // This one is built in a clone, with cargo.
    if (path.endsWith('/yew.md')) continue;
    const { commands, files, server, build, built } = readSteps(read(path));
    assert.match(commands, /^mkdir .*\nnpm init -y\n.*\nnpm install .* ~\/akiba-selfie-0\.1\.0\.tgz\n$/, path);
    assert.match(files.map(([, text]) => text).join(), /identifier="0000000000001"/, path);
    assert.match(server, /^npx /, path);
    assert.ok((build && built) || path.endsWith('/html.md'), path);
  }
});

test('the reference of the element has every name of the manifest', () => {
  const manifest = JSON.parse(read('www/custom-elements.json'));
  const text = elementReference(manifest, read('www/index.d.ts'));
  const element = manifest.modules[0].declarations[0];
  for (const list of ['attributes', 'members', 'events', 'slots', 'cssParts', 'cssProperties', 'cssStates']) {
    assert.ok(element[list].length > 0, list);
    for (const { name, fieldName, attribute } of element[list]) {
      const shown = attribute ?? name;
      assert.ok(text.includes(`\`${shown}\``) || text.includes(`${shown}()\``), `${list}: ${shown}`);
      if (fieldName) assert.ok(text.includes(`\`${fieldName}\``), fieldName);
    }
  }
  for (const { type } of element.events) {
    const [, detail] = /<(\w+)>/.exec(type.text);
    if (detail !== 'null') assert.match(text, new RegExp(`### ${detail}\n\n\`\`\`ts\n`), detail);
  }
});

test('the reference of the endpoints has every call, error and shape', () => {
  const document = JSON.parse(read('docs/openapi.json'));
  const text = endpointReference(document);
  for (const [path, calls] of Object.entries(document.paths)) {
    for (const [method, { responses, parameters = [] }] of Object.entries(calls)) {
      const heading = `### \`${method.toUpperCase()} ${path}\`\n`;
      const own = text.slice(text.indexOf(heading)).split('\n###')[0];
      assert.ok(text.includes(heading), heading);
      for (const { name } of parameters) assert.ok(own.includes(`\`${name}\``), `${heading} ${name}`);
      for (const [status, { content = {} }] of Object.entries(responses)) {
        assert.ok(own.includes(`**${status}**`) || own.includes(`| ${status} |`), `${heading} ${status}`);
        const codes = content['application/problem+json']?.schema.allOf?.[1].properties.code.enum ?? [];
        for (const code of codes) assert.ok(own.includes(`| ${status} | [\`${code}\`]`), `${heading} ${code}`);
      }
    }
  }
  for (const name of Object.keys(document.components.schemas)) assert.ok(text.includes(`### ${name}\n`), name);
  assert.doesNotMatch(text, /undefined|\[object/);
});

test('llms.txt lists every page, and llms-full.txt has their text', () => {
  const pages = [{ path: 'docs/a.md', route: 'a', title: 'A', description: 'About a.', body: 'Text of a.\n' }];
  const site = { title: 'T', summary: 'S.', groups: [{ label: 'G', pages }] };
  const index = llmsIndex({ ...site, address: (route) => `/${route}.md` });
  assert.match(index, /^# T\n\n> S\.\n/);
  assert.match(index, /## G\n\n- \[A\]\(\/a\.md\): About a\./);
  assert.match(llmsFull(site), /# A\n\nText of a\./);
});

describe('the check of the built site', () => {
  /** Checks a site of two pages, one of which is given. @param {string} html @param {string} [css] */
  function check(html, css = '') {
    const folder = mkdtempSync(join(tmpdir(), 'site-'));
    try {
      writeFileSync(join(folder, 'index.html'), `<a href="/other.html#there">x</a>${html}`);
      writeFileSync(join(folder, 'other.html'), '<h1 id="there">x</h1>');
      writeFileSync(join(folder, 'style.css'), css);
      return checkSite(folder).faults;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('accepts links within the site, and links that a person follows', () => {
    assert.deepEqual(
      check('<a href="https://other.example/">x</a><a href="other.html">y</a><a href="#top" id="top">z</a>'),
      [],
    );
    assert.deepEqual(
      check('<link rel="canonical" href="https://site.example/">', 'a{background:url(data:image/png,x)}'),
      [],
    );
  });

  test('finds broken links and anchors', () => {
    assert.deepEqual(check('<a href="/missing/">x</a>'), ['index.html: /missing/ does not exist']);
    assert.deepEqual(check('<a href="/other.html#nowhere">x</a>'), [
      'index.html: /other.html#nowhere has no such anchor',
    ]);
    assert.deepEqual(check('<img src="missing.png">'), ['index.html: missing.png does not exist']);
  });

  test('finds what is loaded from another host', () => {
    for (const html of [
      '<script src="https://cdn.example/x.js"></script>',
      '<script type="module" src="//cdn.example/x.js"></script>',
      '<link rel="stylesheet" href="https://fonts.example/x.css">',
      '<link rel="preconnect" href="https://fonts.example">',
      '<img src="https://img.example/x.png">',
      '<img srcset="/other.html 1x, https://img.example/x.png 2x">',
      '<iframe src="https://video.example/x"></iframe>',
      '<div style="background:url(https://img.example/x.png)"></div>',
      '<style>@import "https://fonts.example/x.css";</style>',
      '<style>@font-face{src:url(https://fonts.example/x.woff2)}</style>',
      '<template><img src="https://img.example/x.png"></template>',
      '<meta http-equiv="refresh" content="0; url=https://other.example/">',
    ]) {
      assert.equal(check(html).length, 1, html);
      assert.match(check(html)[0], /loads/);
    }
    assert.deepEqual(check('', 'a{background:url("https://img.example/x.png")}'), [
      'style.css: loads https://img.example/x.png',
    ]);
  });

  test('fails without a page', () => {
    const folder = mkdtempSync(join(tmpdir(), 'site-'));
    assert.equal(checkSite(folder).faults.length, 1);
    rmSync(folder, { recursive: true });
  });
});
