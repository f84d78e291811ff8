"What holds for the project as a whole: the library is what the notebooks export, notebooks are clean and small, README and table of notebooks are up to date."
import json, re, shutil, subprocess, sys
from pathlib import Path
import pytest

root = Path(__file__).resolve().parents[1]
notebooks = sorted(p for p in (root/'nbs').rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts)
TOP = {'.ci','.gitignore','LICENSE','MANIFEST.in','README.md','mix2mix','nbs','settings.ini','setup.py'}
HEAVY = {'diffusers','torchmetrics','transformers','peft','open_clip','torchvision','scipy','matplotlib','IPython','ipywidgets'}

def python(*args, cwd=root):
    "Run Python; the test fails with what it said if it fails."
    done = subprocess.run([sys.executable, *map(str, args)], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

def ours():
    "The files of the project, tracked or about to be."
    if not (root/'.git').exists() or not shutil.which('git'): pytest.skip('not a git checkout')
    listed = subprocess.run(['git','ls-files','-z','--cached','--others','--exclude-standard'], cwd=root, capture_output=True, text=True, check=True).stdout
    return [root/f for f in listed.split('\0') if f and (root/f).exists()]

@pytest.fixture
def copy(tmp_path):
    "The notebooks alone, as if the library had never been exported."
    shutil.copy(root/'settings.ini', tmp_path)
    shutil.copytree(root/'nbs', tmp_path/'nbs', ignore=shutil.ignore_patterns('.ipynb_checkpoints','__pycache__'))
    return tmp_path

def test_library_is_what_the_notebooks_export(copy):
    python('-c', 'from nbdev.doclinks import nbdev_export; nbdev_export()', cwd=copy)
    made,here = [{p.name: p.read_text() for p in (r/'mix2mix').glob('*.py')} for r in (copy,root)]
    assert made.keys() == here.keys()
    assert [f for f in made if made[f] != here[f]] == [], 'run nbdev_export and commit the result'

def test_notebooks_are_clean(copy):
    python('-c', 'from nbdev.clean import nbdev_clean; nbdev_clean()', cwd=copy)
    assert [str(p) for p in notebooks if (copy/p.relative_to(root)).read_bytes() != p.read_bytes()] == [], 'run nbdev_clean and commit the result'

def test_readme_is_made_from_index(): python('.ci/readme.py', '--check')

def test_imports_stand_in_cells_of_their_own(): python('.ci/lint_cells.py')

def test_readme_has_two_shell_blocks():
    install,test = re.findall(r'^```sh\n(.*?)^```$', (root/'README.md').read_text(), re.M|re.S)[:2]
    assert install.strip().endswith('mix2mix demo') and test.strip().endswith('pytest nbs -n 2')

def test_readme_names_every_notebook_once():
    links = re.findall(r'\]\((nbs/[^)#]*)\)', (root/'README.md').read_text())
    assert [l for l in links if not (root/l).exists()] == [], 'dead links'
    assert [str(p) for p in notebooks if p.stem != 'index' and links.count(p.relative_to(root).as_posix()) != 1] == [], 'run nbs/index.ipynb again'

def test_every_cell_runs():
    assert [p.name for p in notebooks if re.search(r'#\| *eval: *false', p.read_text())] == []

def test_notebooks_are_small():
    assert [p.name for p in notebooks if p.stat().st_size > (1_000_000 if p.stem == 'gallery' else 400_000)] == []
    assert sum(p.stat().st_size for p in notebooks) < 4_000_000, 'run python .ci/shrink.py and commit the result'

def test_links_between_notebooks_lead_somewhere():
    cells = {p: json.loads(p.read_text(encoding='utf-8'))['cells'] for p in notebooks}
    source = lambda p, kind: '\n'.join(''.join(c['source']) for c in cells[p] if c['cell_type'] == kind)
    headings = {p: {h.strip().replace(' ','-').replace('`','') for h in re.findall(r'^#+ (.*)$', source(p, 'markdown'), re.M)} for p in notebooks}
    defined = {p: set(re.findall(r'^(?:def|class) (\w+)', source(p, 'code'), re.M)) for p in notebooks}
    def dead(here, text, file, anchor):
        there = (here.parent/file).resolve()
        if there not in cells or anchor and anchor not in headings[there]: return True
        return here.parent.name == 'pages' and text.startswith('`') and text.strip('`') not in defined[there]    # there, a name leads to what it names
    links = [(p, *l) for p in notebooks for l in re.findall(r'\[([^\]]+)\]\((?![a-z]+:)([^)#\s]+\.ipynb)#?([^)\s]*)\)', source(p, 'markdown'))]
    assert len(links) > 150
    assert [(l[0].name, *l[1:]) for l in links if dead(*l)] == []

def test_tree_is_small(): assert sum(p.stat().st_size for p in ours()) < 50_000_000

def test_top_level_holds_only_what_is_needed(): assert {p.relative_to(root).parts[0] for p in ours()} <= TOP

def test_no_module_imports_what_is_heavy():
    modules = [f'mix2mix.{p.stem}' for p in (root/'mix2mix').glob('*.py') if not p.stem.startswith('_')]
    loaded = python('-c', f"import sys, json, {', '.join(['mix2mix',*modules])}; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))")
    assert HEAVY & set(json.loads(loaded)) == set()

def test_command_line_answers_without_torch():
    assert 'torch' not in json.loads(python('-c', 'import sys, json, mix2mix.cli; print(json.dumps(list(sys.modules)))'))
