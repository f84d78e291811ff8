"The documentation site, built as the README says and opened in a browser from its files: every notebook is there, nothing is fetched from a network, search and links lead somewhere."
import configparser, re, subprocess, sys
from html.parser import HTMLParser
from pathlib import Path
import pytest

root = Path(__file__).resolve().parents[1]
notebooks = sorted(p.relative_to(root/'nbs') for p in (root/'nbs').rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts)
shots = root/'_site'    # pictures of the pages are kept here, to be looked at; git ignores it

def page(path): return (path.parent/re.sub(r'^\d+[a-z]?_', '', path.stem)).as_posix()+'.html'

@pytest.fixture(scope='module')
def site(tmp_path_factory):
    "The site in a folder of its own; a warning is an error."
    out = tmp_path_factory.mktemp('docs')/'site'
    done = subprocess.run([sys.executable, 'nbs/docs/build.py', '-W', str(out)], cwd=root, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode: pytest.fail(done.stdout + done.stderr, pytrace=False)
    return out

@pytest.fixture
def tab(browser, site):
    "A browser tab. Afterwards: it asked no network for anything and reported no error."
    asked,errors = [],[]
    context = browser.new_context(viewport=dict(width=1280, height=900))
    t = context.new_page()
    t.on('request', lambda r: asked.append(r.url))
    t.on('pageerror', lambda e: errors.append(str(e)))
    t.on('console', lambda m: errors.append(m.text) if m.type == 'error' else None)
    t.on('requestfailed', lambda r: errors.append(f'{r.url}: {r.failure}'))
    t.show = lambda path: t.goto((site/path).as_uri())
    yield t
    context.close()
    assert [u for u in asked if not u.startswith(('file:','data:','blob:'))] == []
    assert errors == []

def test_every_notebook_has_a_page_in_the_sidebar(site):
    index = (site/'index.html').read_text(encoding='utf-8')
    listed = re.findall(r'class="reference internal" href="([^"#]+)"', re.search(r'<div class="sidebar-tree">.*?</aside>', index, re.S)[0])
    assert sorted(listed) == sorted(page(p) for p in notebooks if p.stem != 'index')

def test_every_page_can_be_opened_in_colab_and_downloaded(site):
    ini = configparser.ConfigParser(delimiters=['=']); ini.read(root/'settings.ini'); repo = ini['DEFAULT']['git_url'].removeprefix('https://github.com/')
    for p in notebooks:
        html = (site/page(p)).read_text(encoding='utf-8')
        assert re.findall(r'class="colab" href="([^"]*)"', html) == [f"https://colab.research.google.com/github/{repo}/blob/{ini['DEFAULT']['branch']}/nbs/{p.as_posix()}"], p
        [file] = re.findall(r'class="download" href="([^"]*)"', html)
        assert ((site/page(p)).parent/file).resolve().read_bytes() == (root/'nbs'/p).read_bytes(), p

class Links(HTMLParser):
    "Where a page leads, and the places in it that can be led to."
    def __init__(self, html): self.to,self.ids = [],set(); super().__init__(); self.feed(html)
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.to += [attrs[k] for k in ('href','src') if attrs.get(k)]
        self.ids.add(attrs.get('id'))

def test_links_and_pictures_of_all_pages_exist(site):
    pages = {p: Links(p.read_text(encoding='utf-8')) for p in site.rglob('*.html')}
    dead = []
    for p,at in [(p, at) for p in pages for at in pages[p].to if not re.match(r'[a-z]+:', at)]:
        file,_,mark = at.partition('#')
        there = (p.parent/file.split('?')[0]).resolve() if file else p
        if not there.exists() or mark and there in pages and mark not in pages[there].ids: dead.append((p.name, at))
    assert sum(len(l.to) for l in pages.values()) > 1000 and dead == []

def test_search_finds_a_word_and_leads_to_it(tab):
    tab.show('index.html')
    tab.fill('input[name=q]', 'Plücker'); tab.keyboard.press('Enter')
    tab.locator('#search-results li a').first.wait_for()
    tab.locator('#search-results li a[href^="views.html"]').first.click()
    tab.wait_for_load_state()
    assert '/views.html' in tab.url and 'Plücker' in tab.inner_text('article')

def test_a_name_leads_to_its_parameters(tab):
    tab.show('pages/equations.html')
    tab.locator('article a', has_text=re.compile('^truncated_normal_t$')).first.click()
    tab.wait_for_load_state()
    section = tab.locator('section', has=tab.locator('xpath=./h3[contains(., "truncated_normal_t")]')).last
    assert '/perturb.html#' in tab.url and section.is_visible()
    rows = section.locator('table').first.locator('tbody tr').all_inner_texts()
    assert [r.split('\t')[0].strip() for r in rows] == ['tau','u','f','upper','returns']
    assert '0.5' in rows[2] and 'published value' in rows[2]
    source = section.locator('details').first                                  # the source is folded, and opens
    assert 'inv_cdf' not in source.inner_text()
    source.locator('summary').click()
    assert 'inv_cdf' in source.inner_text()

def test_formulas_are_drawn(tab):
    tab.show('perturb.html')
    tab.locator('mjx-container svg').first.wait_for()
    assert tab.locator('mjx-container').count() > 20 and tab.locator('[data-mml-node=merror]').count() == 0

def test_solutions_are_folded(tab):
    tab.show('pages/course.html')
    solutions = tab.locator('details', has_text='Solution')
    assert solutions.count() >= 10
    assert not solutions.first.locator('pre').first.is_visible()
    solutions.first.locator('summary').click()
    assert solutions.first.locator('pre').first.is_visible()

def test_a_run_can_be_stepped_through(tab):
    tab.show('pages/inside.html')
    inside = tab.frame_locator('iframe.stepper')
    inside.locator('img').first.wait_for()
    assert inside.locator('img').evaluate_all('all => all.every(i => i.complete && i.naturalWidth > 0)')
    strip = lambda: inside.locator('#strip').inner_html()
    inside.locator('h1').click()                            # into the page, so that it gets the keys
    seen = [strip()]
    for _ in range(2): tab.keyboard.press('ArrowLeft'); seen.append(strip())
    for _ in range(2): tab.keyboard.press('ArrowRight')
    assert len(set(seen)) == 3 and strip() == seen[0]       # the keyboard goes back two updates, and forth again

@pytest.mark.parametrize('width', [1280, 800])
@pytest.mark.parametrize('path', ['index','perturb','distill','pages/gallery','pages/inside','pages/equations','pages/course'])
def test_a_page_fits(tab, path, width):
    tab.set_viewport_size(dict(width=width, height=900))
    tab.show(f'{path}.html')
    tab.wait_for_load_state('networkidle')
    if tab.locator('.math').count(): tab.locator('mjx-container svg').first.wait_for()
    assert tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), 'something is wider than the window'
    assert tab.evaluate('[...document.images].every(i => { i.loading = "eager"; return !i.complete || i.naturalWidth > 0 })')
    shots.mkdir(exist_ok=True)
    tab.screenshot(path=shots/f"{path.replace('/','_')}_{width}.png", full_page=True)
