"The stepper in a real browser: its notebook in JupyterLab, and its page from a file. Pictures of both are kept, to be looked at; where, is printed (pytest -s)."
import contextlib, os, shutil, socket, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path
import pytest

root = Path(__file__).resolve().parents[1]
shots = Path(tempfile.gettempdir())/'mix2mix-stepper'

RUN = '''
import copy, sys, torch
from mix2mix.core import seeded
from mix2mix.distill import distill
from mix2mix.mini import load_student, load_teacher
from mix2mix.trace import Watch, record
from mix2mix.views import world_views
from mix2mix.world import dome_cameras, make_scene
torch.set_num_threads(1)
views,said = world_views(make_scene(800001), *dome_cameras(4, 800001)),'make it snow'
teacher,student,watch = load_teacher(steps=4),load_student(),Watch(every=2)
loop = distill(views, said, teacher, copy.deepcopy(student), gen=seeded(0), timesteps=(999,600,100), first=2, updates=2, lr=2e-3, warmup=2, **watch.stages)
trace = record(loop, FOLDER, views=views, prompt=said, teacher=teacher, student=student, watch=watch, seed=0, model='mini')
'''

def environment(home):
    "Settings of nobody: all that Jupyter reads or writes lies below `home`."
    return {**os.environ, 'HOME': home, 'JUPYTER_CONFIG_DIR': home+'/c', 'JUPYTER_DATA_DIR': home+'/d', 'JUPYTER_RUNTIME_DIR': home+'/r', 'IPYTHONDIR': home+'/i', 'JUPYTERLAB_SETTINGS_DIR': home+'/s', 'JUPYTERLAB_WORKSPACES_DIR': home+'/w',
        'IN_TEST': '1', 'PYTHONPATH': str(root), 'OMP_NUM_THREADS': '1', 'TQDM_DISABLE': '1'}

@contextlib.contextmanager
def jupyterlab(work):
    "JupyterLab over the folder `work`, on a free port of this machine; yields its address."
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]
    home = tempfile.mkdtemp()
    for extension,name,body in (('notebook-extension','tracker','{"windowingMode": "none"}'), ('apputils-extension','notification','{"fetchNews": "false", "checkForUpdates": false}')):
        d = Path(home, 's', '@jupyterlab', extension); d.mkdir(parents=True); (d/f'{name}.jupyterlab-settings').write_text(body)
    log = open(home+'/log', 'w')
    server = subprocess.Popen([sys.executable, '-m', 'jupyterlab', '--no-browser', '--allow-root', '--ip=127.0.0.1', f'--port={port}', '--ServerApp.port_retries=0', '--IdentityProvider.token=', f'--ServerApp.root_dir={work}',
        '--LabApp.expose_app_in_browser=True', '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate'], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment(home))
    try:
        address,end = f'http://127.0.0.1:{port}', time.monotonic()+120
        while True:
            try: urllib.request.urlopen(address+'/api', timeout=2); break
            except OSError:
                assert server.poll() is None and time.monotonic() < end, Path(home, 'log').read_text()
                time.sleep(.25)
        yield address
    finally:
        server.terminate()
        try: server.wait(20)
        except subprocess.TimeoutExpired: server.kill()
        log.close(); shutil.rmtree(home, ignore_errors=True)

@pytest.fixture(scope='module')
def trace(tmp_path_factory):
    "A short run of the miniature, kept on disk, and its page."
    folder = tmp_path_factory.mktemp('trace')
    code = RUN.replace('FOLDER', repr(str(folder/'run'))) + f'''
from mix2mix.page import write_page
from mix2mix.stepper import Lens
write_page(Lens(trace, teacher, student), {str(folder/'page.html')!r}, per_tau=2)
'''
    done = subprocess.run([sys.executable, '-c', code], cwd=folder, env=environment(str(folder)), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return folder

@pytest.fixture
def tab(browser):
    "A browser tab that remembers what went wrong in it."
    context = browser.new_context(viewport=dict(width=1280, height=1000))
    t = context.new_page()
    t.set_default_timeout(60_000)
    t.errors,t.asked = [],[]
    t.on('pageerror', lambda e: t.errors.append(str(e)))
    t.on('request', lambda r: t.asked.append(r.url))
    yield t
    context.close()

def keep(tab, part, name):
    "A picture of a part of the tab at both widths."
    shots.mkdir(exist_ok=True)
    for width in (1280, 800):
        tab.set_viewport_size(dict(width=width, height=1600))      # high enough for all of it
        tab.wait_for_timeout(200)
        part.screenshot(path=shots/f'{name}_{width}.png')
    tab.set_viewport_size(dict(width=1280, height=1000))

def test_stepper_in_jupyterlab(tab, tmp_path):
    "Run all of a copy of its notebook; move τ, view and f, choose κ: the pictures change and no error shows."
    shutil.copy(root/'nbs/50_stepper.ipynb', tmp_path/'nb.ipynb')
    with jupyterlab(tmp_path) as address:
        tab.goto(address+'/lab/tree/nb.ipynb?reset')
        tab.wait_for_function('() => window.jupyterapp')
        tab.locator('.jp-NotebookPanel .jp-Cell').first.wait_for()
        tab.evaluate('''async () => {
            const app = window.jupyterapp; await app.restored;
            const w = [...app.shell.widgets('main')].find(w => w.context && w.context.path.endsWith('.ipynb'));
            await w.revealed; await w.context.ready; await w.context.sessionContext.ready; await w.context.sessionContext.session.kernel.info;
            app.shell.collapseLeft();
        }''')
        tab.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")     # returns when all have run
        app = tab.locator('.jp-OutputArea-output .widget-vbox').first
        app.wait_for()
        pictures = lambda: app.locator('.m2m img').evaluate_all('all => all.map(i => i.src).join()') + app.locator('.m2m svg').evaluate_all('all => all.map(s => s.outerHTML).join()')
        def changes(act):
            "Do something and wait until a picture is another one."
            before = pictures()
            act()
            for _ in range(300):
                if pictures() != before: return
                tab.wait_for_timeout(100)
            raise AssertionError('no picture changed')
        def slider(name): return app.locator('.widget-slider', has=tab.locator('.widget-label', has_text=name)).locator('.noUi-handle').first
        app.locator('.m2m img').first.wait_for()
        changes(lambda: slider('τ').press('ArrowLeft'))
        changes(lambda: slider('view').press('ArrowRight'))
        changes(lambda: slider('update').press('ArrowLeft'))
        def panel(name): app.get_by_role('button', name=name, exact=True).click()
        changes(lambda: panel('timestep'))
        changes(lambda: slider('shape f').press('PageUp'))
        keep(tab, app, 'lab_timestep')
        panel('key view')
        app.locator('text=same noise, same t').wait_for()
        changes(lambda: app.get_by_role('button', name='own', exact=True).click())
        app.locator('text=now: each looks at itself').wait_for()
        keep(tab, app, 'lab_key_view')
        panel('attention')
        app.locator('text=itself answers').wait_for()
        changes(lambda: app.locator('.m2m-pick button').nth(28).click())
        app.locator('text=row 3, column 4').wait_for()
        keep(tab, app, 'lab_attention')
        for name in ('views','source','guidance','gradient'):
            changes(lambda: panel(name))
            keep(tab, app, f'lab_{name}')
        panel('coupled')
        app.get_by_role('button', name='Run this λ').click()           # a job: its bar and its stop button are there while the kernel works
        app.get_by_role('button', name='Stop').click()
        app.locator('text=distance of the two estimates').wait_for()
        assert tab.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]').all_inner_texts() == []
        keep(tab, app, 'lab_coupled')
    assert tab.errors == []
    print('pictures in', shots)

def test_page_from_a_file(tab, trace):
    "Opened from a file: quick, nothing asked of any network, stepped with the keys."
    tab.goto((trace/'page.html').as_uri())
    tab.locator('body[data-ready]').wait_for()
    state = lambda: (tab.locator('#strip').inner_html(), tab.locator('#update + output').inner_text(), tab.locator('#view + output').inner_text())
    last = state()
    tab.keyboard.press('ArrowLeft'); one = state()
    tab.keyboard.press('ArrowLeft'); two = state()
    assert len({last[0], one[0], two[0]}) == 3 and [s[1] for s in (last, one, two)] == ['5','4','3']
    tab.keyboard.press('ArrowDown')
    assert state()[0] != two[0] and state()[2] == '1'
    tab.keyboard.press('ArrowUp'); tab.keyboard.press('ArrowRight')
    assert state() == one
    tab.locator('#tau').press('ArrowLeft')
    assert tab.locator('#tau + output').inner_text() == '600'
    for name in tab.locator('#tabs button').all_inner_texts():
        tab.locator('#tabs').get_by_role('button', name=name, exact=True).click()
        assert len(tab.locator('#panel').inner_text()) > 10
        keep(tab, tab.locator('body'), f"page_{name.replace(' ', '_')}")
        assert tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), name
    def changes(panel, act):
        tab.locator('#tabs').get_by_role('button', name=panel, exact=True).click()
        before = tab.locator('#panel').inner_html()
        act()
        assert tab.locator('#panel').inner_html() != before, panel
    changes('timestep', lambda: tab.locator('#f').press('ArrowRight'))
    changes('key view', lambda: tab.get_by_role('button', name='own', exact=True).click())
    changes('attention', lambda: tab.locator('#ask').click(position=dict(x=20, y=20)))
    changes('attention', lambda: tab.locator('#row').press('ArrowRight'))
    changes('guidance', lambda: tab.locator('#text').press('ArrowRight'))
    assert tab.locator('button:not([title]), label:not([title])').count() == 0
    assert (trace/'page.html').stat().st_size < 12e6
    assert [u for u in tab.asked if not u.startswith(('file:','data:','blob:'))] == [] and tab.errors == []

def test_survey_under_a_mouse(tab, tmp_path):
    "The survey as its widget shows it: drag two rectangles, look at both sets, save; the file can be handed in."
    import torch
    from mix2mix.core import seeded
    from mix2mix.survey import keep_rating, make_study, read_rating, survey_widget
    study = make_study('mouse', {('a scene', m): torch.rand(3,3,32,32, generator=seeded(n)) for n,m in enumerate('ab')}, seeded(0))
    tab.set_content(survey_widget(study, tmp_path).children[0].value)
    frame = tab.frame_locator('iframe')
    def drag(view, x0, y0, x1, y1):
        picture = frame.locator('.view').nth(view)
        picture.hover()
        box = picture.bounding_box()
        at = lambda x, y: (box['x']+x*box['width'], box['y']+y*box['height'])
        tab.mouse.move(*at(x0,y0)); tab.mouse.down(); tab.mouse.move(*at(x1,y1), steps=4); tab.mouse.up()
    frame.locator('#rater').fill('Dóra 李')
    drag(0, .2,.3, .6,.7); drag(2, .1,.1, .5,.4)
    assert frame.locator('#pairs li').count() == 1
    keep(tab, tab.locator('iframe'), 'survey')
    frame.locator('#next').click()
    with tab.expect_download() as saved: frame.locator('#save').click()
    said = keep_rating(saved.value.suggested_filename, Path(saved.value.path()).read_bytes(), study, tmp_path)
    assert said.endswith('2 sets, 1 pairs of rectangles') and saved.value.suggested_filename.endswith(' Dóra_李.json')
    frame.locator('#other').click()                                       # the next rater starts with nothing
    assert frame.locator('#rater').input_value() == '' and frame.locator('#pairs li').count() == 0 and frame.locator('#save').is_disabled() and tab.errors == []
    (pair,) = [p for r in read_rating(tmp_path/saved.value.suggested_filename, study) for p in r.pairs]
    assert [r.view for r in pair] == [0,2] and max(abs(a-b) for a,b in zip(pair[0][1:], (.2,.3,.6,.7))) < .03
