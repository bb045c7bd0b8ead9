using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>Several nodes share a goal. What each holds is a plain list here; for the real rows, see BudgetLeasesTests.</summary>
public sealed class BudgetSlicesTests
{
    private static readonly Guid Id = new(1, 1, 0, new byte[8]);
    private static readonly TimeSpan Trust = TimeSpan.FromMinutes(10);

    // Plays end and are counted here or elsewhere, answers come late or never, nodes hang, die and come back.
    [Fact]
    public void TryCommit_AnythingThatHappensToAnyNodes_TogetherNeverMoreThanOneExposureOver() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var world = new World(1 + random.Next(200));
        for (var i = random.Next(2, 5); i > 0; i--) world.Start();
        for (var step = 0; step < 400; step++)
        {
            var node = world.Nodes[random.Next(world.Nodes.Count)];
            switch (random.Next(20))
            {
                case < 7: world.Decide(node, 0.3 + (random.NextDouble() * 4)); break;
                case < 11 when world.UnderWay.Count > 0:
                    world.End(world.UnderWay[random.Next(world.UnderWay.Count)], random, isTold: random.Next(5) > 0); break;
                case < 13: world.Count(node); break;
                case < 15: world.Ask(node, all: random.Next(10) == 0); break;
                case < 17: World.Answer(node); break;
                case 17: node.Answer = null; break; // lost
                case 18 when random.Next(10) == 0:
                    world.Nodes.Remove(node);
                    world.Start();
                    break;
                case 19: world.Pass(random.Next(30) == 0 ? TimeSpan.FromMinutes(random.Next(1, 40)) : TimeSpan.FromSeconds(1)); break;
            }
            Assert.True(world.Taken <= world.Goal + 1 + 1e-6, $"{world.Taken} of {world.Goal} at step {step} of seed {seed}");
        }
    }).QuickCheckThrowOnFailure();

    // Both want every impression; what one holds and does not need is not lost to the other.
    [Fact]
    public void TryCommit_NodesThatWantTheLastImpressions_ReachTheGoal() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var world = new World(1 + random.Next(300));
        for (var i = random.Next(2, 5); i > 0; i--) world.Start();
        var busy = random.Next(1, world.Nodes.Count + 1); // the others hold what they began with, until little is left
        for (var second = 0; world.Stored < world.Goal; second++)
        {
            Assert.True(second < 60 * world.Goal, $"{world.Stored} of {world.Goal} of seed {seed}");
            foreach (var node in world.Nodes)
            {
                world.Ask(node, all: false);
                World.Answer(node);
                world.Count(node);
                if (world.Nodes.IndexOf(node) < busy && random.Next(15) == 0) world.Decide(node, 1);
            }
            while (world.UnderWay.Count > (random.Next(5) == 0 ? 0 : 5)) world.End(world.UnderWay[0], random, isTold: true);
            world.Pass(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(world.Stored, world.Goal, world.Goal + 1);
    }).QuickCheckThrowOnFailure();

    // Each wants as much as its riders are worth, all the time, and none gives up.
    [Fact]
    public void TryCommit_NodesThatNeverStopAsking_ReachTheGoal() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var world = new World(1 + random.Next(60));
        for (var i = random.Next(2, 5); i > 0; i--) world.Start();
        var cabins = world.Nodes.ToDictionary(n => n, _ => 0.3 + (random.NextDouble() * 0.7));
        for (var second = 0; world.Taken < world.Goal; second++)
        {
            Assert.True(second < 60 + (20 * world.Goal), $"{world.Taken} of {world.Goal} of seed {seed}");
            foreach (var node in world.Nodes)
            {
                world.Ask(node, all: false);
                if (random.Next(4) == 0) world.Decide(node, cabins[node]); // while the answer is under way
                World.Answer(node);
                world.Decide(node, random.Next(3) == 0 ? 8 : cabins[node]);
            }
        }
        Assert.True(world.Taken <= world.Goal + 1 + 1e-6, $"{world.Taken} of {world.Goal} of seed {seed}");
    }).QuickCheckThrowOnFailure();

    // What is counted is in the stored total: another node would take it for under way, too.
    [Fact]
    public void Wish_NodeThatIsQuietNow_GivesBackWhatItDelivered()
    {
        var (world, random) = (new World(3), new Random(0));
        var (quiet, busy) = (world.Start(), world.Start());
        for (var second = 0; world.UnderWay.Count == 0; second++)
        {
            Assert.InRange(second, 0, 3);
            world.Decide(quiet, 1);
            world.Ask(quiet, all: false);
            World.Answer(quiet);
        }
        world.End(world.UnderWay[0], random, isTold: true);
        world.Count(quiet);
        for (var second = 0; second < 120; second++)
        {
            foreach (var node in world.Nodes)
            {
                world.Ask(node, all: false);
                World.Answer(node);
            }
            world.Decide(busy, 1);
        }
        Assert.Equal((1, 2), (world.Stored, world.UnderWay.Count));
    }

    [Fact]
    public void Wish_MuchLeft_HoldsAFullCabinOrAsMuchAsIsUnderWay()
    {
        var world = new World(100_000);
        var node = world.Start();
        Assert.False(world.Decide(node, 1));
        world.Ask(node, all: false);
        World.Answer(node);
        Assert.True(world.Decide(node, 8));
        world.Ask(node, all: false);
        World.Answer(node);
        for (var i = 0; i < 20; i++)
        {
            while (world.Decide(node, 4))
            {
            }
            world.Ask(node, all: false);
            World.Answer(node);
        }
        Assert.InRange(world.Taken, 5_000, 90_000);
        Assert.Empty(node.Book.Wish(2, all: false));
    }

    private sealed class Node(int number, PacingBook book)
    {
        public int Number => number;

        public PacingBook Book => book;

        public DateTimeOffset SentAt { get; set; } = DateTimeOffset.MinValue;

        public (IReadOnlyList<SliceWish> Wishes, double Held, DateTimeOffset SentAt)? Answer { get; set; }
    }

    private sealed record Play(Guid Decision, Node Node, double Expected, DateTimeOffset Until);

    private sealed class World(int goal)
    {
        private readonly Dictionary<int, (double Reserved, DateTimeOffset ExpiresAt)> _rows = [];
        private DateTimeOffset _now = Sample.Noon;
        private int _numbers;

        public int Goal => goal;

        public int Stored { get; private set; }

        public List<Node> Nodes { get; } = [];

        public List<Play> UnderWay { get; } = [];

        public double Taken => Stored + UnderWay.Sum(p => p.Expected);

        public Node Start()
        {
            var book = new PacingBook(Sample.Calendar, new CampaignTable(
                [new(Sample.Snapshot(Id, target: Stored)) { PriceKrw = 50, Goal = goal, Curve = Curves.Even }]));
            book.Share(holds: false);
            Nodes.Add(new Node(_numbers++, book));
            return Nodes[^1];
        }

        public bool Decide(Node node, double expected)
        {
            if (_now - node.SentAt >= Trust) node.Book.Share(holds: false);
            var decision = Guid.NewGuid();
            if (!node.Book.TryCommit(decision, Id, expected, _now)) return false;
            UnderWay.Add(new Play(decision, node, expected, _now + PacingBook.Patience));
            return true;
        }

        // Brings no more than was expected. Whoever is not told of it has handed the site over.
        public void End(Play play, Random random, bool isTold)
        {
            UnderWay.Remove(play);
            Stored += play.Expected == 1 ? 1 : random.Next((int)play.Expected + 1);
            if (isTold) play.Node.Book.Settle([(play.Decision, null)]);
            else play.Node.Book.HandOver(play.Decision, _now);
        }

        public void Count(Node node) => node.Book.Count([Sample.Snapshot(Id, target: Stored)], node.Book.BeginCount());

        public void Ask(Node node, bool all)
        {
            var wishes = node.Book.Wish(Math.Max(2, Nodes.Count), all || !_rows.ContainsKey(node.Number));
            var held = 0.0;
            foreach (var wish in wishes)
            {
                var elsewhere = Stored + _rows.Where(r => r.Key != node.Number).Sum(r => r.Value.Reserved);
                var left = goal + 1 - elsewhere;
                held = elsewhere + wish.UnderWay >= goal || wish.Least > left
                    ? wish.Held : Math.Max(wish.Held, Math.Min(wish.Wanted, left));
            }
            if (wishes.Count == 0) held = _rows.GetValueOrDefault(node.Number).Reserved;
            _rows[node.Number] = (held, _now + PacingBook.PatienceElsewhere);
            node.Answer = (wishes, held, _now);
        }

        public static void Answer(Node node)
        {
            if (node.Answer is not { } answer) return;
            node.Book.Grant(answer.Wishes, answer.Wishes.ToDictionary(w => w.Campaign, _ => answer.Held));
            (node.SentAt, node.Answer) = (answer.SentAt, null);
        }

        // What was under way on a node that has been silent for too long can no longer be reported.
        public void Pass(TimeSpan time)
        {
            _now += time;
            foreach (var (number, row) in _rows.ToList())
            {
                if (row.ExpiresAt >= _now) continue;
                _rows.Remove(number);
                UnderWay.RemoveAll(p => p.Node.Number == number);
            }
            UnderWay.RemoveAll(p => p.Until <= _now);
            foreach (var node in Nodes) node.Book.Refresh(_now);
        }
    }
}
