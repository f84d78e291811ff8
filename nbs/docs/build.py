"""Build the documentation site from the notebooks, without running them and without a network: `python nbs/docs/build.py -W`, then open `_docs/index.html`.

A page shows what its notebook stores. A cell that exports becomes, for each function or class, a heading to link to, a table of its parameters and the folded source.
With `-W` a dead link or any other warning is an error. A folder named after that receives the site instead of `_docs`."""
import ast, importlib.util, json, os, re, shutil, sys, tempfile
from configparser import ConfigParser
from pathlib import Path
from time import perf_counter
from sphinx.application import Sphinx

nbs = Path(__file__).resolve().parents[1]
ini = ConfigParser(delimiters=['=']); ini.read(nbs.parent/'settings.ini', encoding='utf-8'); ini = ini['DEFAULT']
GROUPS = [    # a caption of the sidebar and which notebooks stand under it
    ('Start here', r'pages/(course|gallery|inside)'), ('Tutorials', r'tutorials/'), ('The world and the models', r'0'), ('The five stages and their loop', r'[12]'),
    ('Coupled sampling and other combinations', r'3'), ('Judging', r'4'), ('Using it', r'[5-9]'), ('To look up', r'pages/')]

def slug(title): return title.strip().replace(' ', '-').replace('`', '')    # as Jupyter makes the address of a heading
def page(path): return (path.parent/re.sub(r'^\d+[a-z]?_', '', path.stem)).as_posix()    # 12_perturb -> perturb
def text(s): return ''.join(s)

def read(path):
    "The cells of a notebook, each with its `source` as one string and its directives."
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    for c in cells:
        c['source'] = text(c['source'])
        c['says'] = dict(re.findall(r'^#\| *([\w-]+):? *(.*)$', c['source'], re.M)) if c['cell_type'] == 'code' else {}
        c['source'] = re.sub(r'^#\| .*\n?', '', c['source'], flags=re.M) if c['says'] else c['source']
    return cells

def symbols(cell):
    "The public functions and classes that a cell exports."
    if 'export' not in cell['says']: return []
    return [n for n in ast.parse(cell['source']).body if isinstance(n, (ast.FunctionDef,ast.ClassDef)) and not n.name.startswith('_')]

# ---- a function or class as Markdown

def remark(lines, node):
    "The comment at the end of the line where `node` ends."
    found = re.match(r'[^#]*?#\s*(.*)', lines[node.end_lineno-1][node.end_col_offset:])
    return found[1] if found else ''

def rows(node, lines):
    "Name, type, default and meaning of every parameter of a function, or of every field of a class; names that share a line share its comment."
    if isinstance(node, ast.ClassDef): parts = [(n.target.id, n.annotation, n.value, n) for n in node.body if isinstance(n, ast.AnnAssign)]
    else:
        a = node.args; plain = a.posonlyargs + a.args
        parts = [*zip(plain, [None]*(len(plain)-len(a.defaults)) + a.defaults), *([(a.vararg,None)] if a.vararg else []), *zip(a.kwonlyargs, a.kw_defaults), *([(a.kwarg,None)] if a.kwarg else [])]
        stars = {id(a.vararg): '*', id(a.kwarg): '**'}
        parts = [(stars.get(id(p), '')+p.arg, p.annotation, d, d or p) for p,d in parts if p.arg not in ('self','cls')]
    res = []
    for name,kind,default,last in parts:
        res.append([name, kind and ast.unparse(kind), default and ast.unparse(default), remark(lines, last), last.end_lineno])
    for r in res: r[3] = r[3] or next((o[3] for o in res if o[4] == r[4] and o[3]), '')
    if isinstance(node, ast.FunctionDef) and (said := remark(lines, node.returns) if node.returns else ''): res.append(['returns', ast.unparse(node.returns), None, said, 0])
    return [r[:4] for r in res]

def code(s): return f'`{s}`'.replace('|', r'\|') if s else ''
def plain(s): return '`'.join(p if i%2 else re.sub(r'([*_$|<\[\]~])', r'\\\1', p) for i,p in enumerate(s.split('`'))).replace('\n', ' ')    # as written, outside back-ticks

def table(node, lines):
    "The rows as a Markdown table; empty where nothing is said about any of them."
    said = rows(node, lines)
    if not any(r[3] for r in said): return ''
    given = any(r[2] for r in said)    # else no column for defaults
    line = lambda name, kind, default, meaning: f"| {name} | {kind} | {default+' | ' if given else ''}{meaning} |"
    return '\n'.join([line('name','type','default','meaning'), line(*['---']*4), *[line('**returns**' if n == 'returns' else code(n), code(t), code(d), plain(m)) for n,t,d,m in said]])

def describe(node, lines, module, level=3):
    "A heading to link to, the signature, the docstring and the table; of a class also its methods."
    shown = [r[0]+(f'={r[2]}' if r[2] else '') for r in rows(node, lines) if r[0] != 'returns']
    is_class = isinstance(node, ast.ClassDef)
    start = next((n for n in node.body if is_class and isinstance(n, ast.FunctionDef) and n.name == '__init__'), node)
    if start is not node: shown = [r[0]+(f'={r[2]}' if r[2] else '') for r in rows(start, lines)]
    res = [f'({label(module, node)})=', f"{'#'*level} {node.name.split('.')[-1]}", f"```python\n{'class ' if is_class else ''}{node.name}({', '.join(shown)})\n```", linked(plain(ast.get_docstring(node) or ''), module), table(start, lines)]
    for n in node.body if is_class else []:
        if isinstance(n, ast.FunctionDef) and not n.name.startswith('_') and ast.get_docstring(n):
            n.name = f'{node.name}.{n.name}'
            res.append(describe(n, lines, module, level+1))
    return '\n\n'.join(filter(None, res))

# ---- links

paths = [p.relative_to(nbs) for p in sorted(nbs.rglob('*.ipynb')) if '.ipynb_checkpoints' not in p.parts]
books = {p: read(nbs/p) for p in paths}
def label(module, node): return f"{module}.{'class.' if isinstance(node, ast.ClassDef) else ''}{node.name}"    # addresses do not tell Render from render

home = {}    # name of a symbol, and module.name -> its label; of several with one name the lowest notebook's
for p,cells in books.items():
    for s in [s for c in cells for s in symbols(c)]:
        module = page(p)
        home[f'{module}.{s.name}'] = label(module, s)
        home.setdefault(s.name, label(module, s))

def linked(s, module=''):
    "`s` with every back-ticked name of a public function or class as a link to it; those of `module` come first."
    def one(m):
        name = m[1].removeprefix('mix2mix.')
        where = home.get(f'{module}.{name}') or home.get(name)
        return f'[`{m[1]}`](#{where})' if where else m[0]
    return re.sub(r'(?<![\[`\w])`([\w.]+)`(?![`\w\]{])', one, s)

def relinked(s, here):
    "Links to notebooks as links to their pages, to a symbol where the text names one; links to other files of the project go to the repository."
    def one(m):
        text,where,anchor = m[1], os.path.normpath(here.parent/m[2]), m[3] or ''
        if where.endswith('.ipynb'):
            name = f"{page(Path(where))}.{text.strip('`')}"
            return f'[{text}](#{home[name]})' if name in home else f"[{text}]({os.path.relpath(page(Path(where)), here.parent)}.ipynb{anchor})"
        return f"[{text}]({ini['git_url']}/blob/{ini['branch']}/{os.path.normpath(Path('nbs')/where)})"
    return re.sub(r'(?<!!)\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)', one, s)

def prose(s, here):
    "Markdown of a notebook for its page; what stands in fences stays."
    parts = re.split(r'(^```.*?^```$|\$\$.*?\$\$)', s, flags=re.M|re.S)
    return ''.join(b if i%2 else relinked(linked(b, page(here)), here) for i,b in enumerate(parts))

# ---- pages

def badges(here):
    "Open it elsewhere, or take it along."
    up = '../'*(len(here.parts)-1)
    colab = f"https://colab.research.google.com/github/{ini['user']}/{ini['repo']}/blob/{ini['branch']}/nbs/{here.as_posix()}"
    return {'cell_type': 'markdown', 'metadata': {}, 'source': f'<div class="badges"><a class="colab" href="{colab}">Open in Colab</a><a class="download" href="{up}notebooks/{here.as_posix()}" download>Download notebook</a></div>'}

def shown(cell, here):
    "The cells of a page that come from one cell of the notebook."
    says,module = cell['says'],page(here)
    md = lambda s: {'cell_type': 'markdown', 'metadata': {}, 'source': s}
    fold = lambda tag, word: {'tags': [tag], 'mystnb': {'code_prompt_show': word, 'code_prompt_hide': word}}
    if cell['cell_type'] == 'markdown': return [md(prose(cell['source'], here))]
    if cell['cell_type'] == 'raw' or says.keys() & {'default_exp','hide'} or not cell['source'].strip(): return []
    res = {'cell_type': 'code', 'execution_count': None, 'metadata': {}, 'source': cell['source'], 'outputs': [o for o in map(lambda o: output(o, here), cell['outputs']) if o]}
    if 'export' in says:
        found = symbols(cell)
        if not found: return []
        lines = cell['source'].splitlines()
        return [md(describe(s, lines, module)) for s in found] + [{**res, 'metadata': fold('hide-input', 'Source')}]
    word = says.get('code-summary', 'Code').strip('"')
    if word == 'Solution': res['metadata'] = fold('hide-cell', word)
    elif says.get('code-fold') == 'true': res['metadata'] = fold('hide-input', word)
    elif says.get('echo') == 'false' or 'hide_input' in says: res['metadata'] = {'tags': ['remove-input']}
    return [res]

def output(o, here):
    "A stored output; a widget needs a kernel, so the still picture that it left is shown, or its place says so."
    data = o.get('data', {})
    if 'application/vnd.jupyter.widget-view+json' in data:
        still = {'text/html': data['text/html']} if 'text/html' in data else {'text/markdown': '*A widget stands here when the notebook runs.*'}
        return {'output_type': 'display_data', 'metadata': {}, 'data': still}
    if 'text/markdown' in data: return {**o, 'data': {'text/markdown': prose(text(data['text/markdown']), here)}}
    return None if o.get('name') == 'stderr' else o

def short(path):
    "The title of a notebook up to its colon."
    return next(l[2:] for c in books[path] if c['cell_type'] == 'markdown' for l in c['source'].splitlines() if l.startswith('# ')).split(':')[0]

def in_order(some):
    "By number; tutorials as the course takes them."
    course = ''.join(c['source'] for c in books.get(Path('pages/course.ipynb'), []))
    rank = lambda p: course.find(f"'{p.stem}'")%10**9 if p.parts[0] == 'tutorials' else 0    # those that it does not name come last
    return sorted(some, key=lambda p: (rank(p), p.as_posix()))

def contents():
    "The sidebar."
    left,res = [p for p in paths if p.stem != 'index'], []
    for caption,which in GROUPS:
        mine = in_order(p for p in left if re.match(which, p.as_posix()))
        left = [p for p in left if p not in mine]
        if mine: res.append('```{toctree}\n:hidden:\n:caption: ' + caption + '\n\n' + '\n'.join(f'{short(p)} <{page(p)}>' for p in mine) + '\n```')
    if left: sys.exit(f'no place in the sidebar for {left}')
    return {'cell_type': 'markdown', 'metadata': {}, 'source': '\n\n'.join(res)}

def write(src):
    "The pages as notebooks for Sphinx, in the folder `src`."
    for here,cells in books.items():
        out = [x for c in cells for x in shown(c, here)]
        out.insert(1, badges(here))
        if here.stem == 'index': out.append(contents())
        file = src/f'{page(here)}.ipynb'; file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({'cells': out, 'metadata': {'kernelspec': {'name': 'python3', 'language': 'python', 'display_name': 'python3'}, 'language_info': {'name': 'python', 'pygments_lexer': 'ipython3'}}, 'nbformat': 4, 'nbformat_minor': 4}), encoding='utf-8')

def build(out, strict=False):
    "Build the site into the folder `out`; 0 if all went well."
    mathjax = Path(importlib.util.find_spec('sphinx-mathjax-offline').origin).parent/'static/mathjax/tex-svg-full.js'
    config = dict(
        project=ini['title'], author=ini['author'], release=ini['version'], copyright=ini['copyright'],
        extensions=['myst_nb'], nb_execution_mode='off', nb_render_markdown_format='myst', nb_output_stderr='remove', nb_ipywidgets_js={}, nb_number_source_lines=False,
        myst_enable_extensions=['dollarmath','amsmath','attrs_inline'], myst_heading_anchors=4, myst_heading_slug_func='build.slug', suppress_warnings=['myst.header'],    # a function's heading may follow a title directly
        html_theme='furo', html_title=ini['title'], html_static_path=[str(nbs/'docs'/'site.css'), str(mathjax)], html_css_files=['site.css'], mathjax_path=mathjax.name,
        html_copy_source=False, html_show_sourcelink=False, html_show_sphinx=False, html_show_search_summary=False)    # a summary is read out of the page found, which browsers do not allow for files
    if Path(out).is_dir() and any(Path(out).iterdir()) and not (Path(out)/'objects.inv').is_file(): sys.exit(f'{out} holds other things than a site; choose another folder, it would be replaced')
    with tempfile.TemporaryDirectory() as tmp:
        src,html = Path(tmp)/'src', Path(tmp)/'html'
        write(src)
        app = Sphinx(src, None, html, Path(tmp)/'trees', 'html', confoverrides=config, status=None, warningiserror=strict)
        app.build()
        if app.statuscode: return app.statuscode
        for p in paths: (html/'notebooks'/p).parent.mkdir(parents=True, exist_ok=True); shutil.copy(nbs/p, html/'notebooks'/p)
        shutil.copytree(nbs/'docs', html/'docs', ignore=lambda d, names: [n for n in names if not n.endswith('.html')])    # pages that notebooks embed
        shutil.rmtree(out, ignore_errors=True); shutil.move(html, out)
    return 0

if __name__ == '__main__':
    start = perf_counter()
    rest = [a for a in sys.argv[1:] if a != '-W']
    out = Path(rest[0]) if rest else nbs.parent/ini['doc_path']
    failed = build(out, '-W' in sys.argv)
    print('warnings are errors with -W; nothing was written' if failed else f'{len(paths)} pages in {perf_counter()-start:.0f} s: {out/"index.html"}')
    sys.exit(failed)
